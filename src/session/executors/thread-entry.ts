import process from 'node:process'
import { type MessagePort, parentPort } from 'node:worker_threads'
import { toErrorInfo } from '../../model/error-info.ts'
import { LlmobsExpError } from '../../model/errors.ts'
import { createConsoleTrace } from './console-trace.ts'
import type { Host } from './host.ts'
import type { FromThread, ThreadData, ToThread } from './protocol.ts'
import { serveModule } from './serve-module.ts'
import { createWakefulness } from './stay-awake.ts'
import { captureConsole } from './thread-console.ts'

// Where a thread with user code begins: waits to be told which module, then serves it. It is started before anybody knows which
// module that will be, so that its start is over by then.

if (parentPort === null) throw new LlmobsExpError('E_INTERNAL', 'this file runs in a worker thread only')
const port: MessagePort = parentPort
const send = (messages: readonly FromThread[]): void => port.postMessage(messages)

process.setSourceMapsEnabled(true)
port.once('message', (data: ThreadData) => {
  const trace = data.tracesConsole ? createConsoleTrace() : undefined
  captureConsole(process, (stream, text) => send([['console', stream, text, trace?.current()]]))
  const host = serveModule(data, { trace, send })
  reportExits(host)
  const stayAwake = createWakefulness()
  port.on('message', (messages: readonly ToThread[]) => {
    stayAwake()
    host.receive(messages)
  })
})

/** Results that are in hand go out before the thread ends, and who ended it is told. */
function reportExits(host: Host): void {
  const exit = process.exit
  process.on('exit', () => host.flush())
  process.exit = (code) => {
    const error = new LlmobsExpError('E_USER_CODE_ENDED', `user code called process.exit(${code ?? ''})`)
    Error.captureStackTrace(error, process.exit)
    host.flush()
    send([['exiting', toErrorInfo('E_USER_CODE_ENDED', error)]])
    return exit(code)
  }
}
