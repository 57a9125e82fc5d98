import { Console } from 'node:console'
import process from 'node:process'
import { Writable } from 'node:stream'
import { toErrorInfo } from '../../model/error-info.ts'
import { LlmobsExpError } from '../../model/errors.ts'
import type { ConsoleChunk } from '../../model/ports.ts'
import { type ConsoleTrace, createConsoleTrace } from './console-trace.ts'
import type { Host } from './host.ts'
import type { FromThread, ThreadData } from './protocol.ts'
import { serveModule } from './serve-module.ts'

// Serves user code without a thread: in the process, and so in the loop, of everything else.

/** What is told of user code. */
export interface ProcessPort {
  send(messages: readonly FromThread[]): void
  /** It has asked for the end of the process. */
  exited(): void
  /** Nobody has caught this. */
  failed(error: unknown): void
}

export function enterProcess(data: ThreadData, { send, exited, failed }: ProcessPort): Host {
  const trace = data.tracesConsole ? createConsoleTrace() : undefined
  process.setSourceMapsEnabled(true)
  takeConsole(trace, send)
  const host = serveModule(data, { trace, send })
  // Here nothing tells an error of user code from one of the tool's own; the former is what there is more of.
  process.setUncaughtExceptionCaptureCallback(failed)
  process.exit = (code) => {
    const error = new LlmobsExpError('E_USER_CODE_ENDED', `user code called process.exit(${code ?? ''})`)
    Error.captureStackTrace(error, process.exit)
    host.flush()
    send([['exiting', toErrorInfo('E_USER_CODE_ENDED', error)]])
    exited()
    // What stands behind the call must not run.
    throw error
  }
  return host
}

/** Only the console: the streams themselves are the tool's as well. */
function takeConsole(trace: ConsoleTrace | undefined, send: ProcessPort['send']): void {
  const sink = (stream: ConsoleChunk['stream']): Writable =>
    new Writable({
      decodeStrings: false,
      write(text, _encoding, done) {
        send([['console', stream, String(text), trace?.current()]])
        done()
      },
    })
  Object.assign(console, new Console({ stdout: sink('stdout'), stderr: sink('stderr') }))
}
