import { dirname } from 'node:path'
import process from 'node:process'
import { parentPort, workerData } from 'node:worker_threads'
import { discover } from '../../load/discover.ts'
import type { AnyDefinition } from '../../model/definition.ts'
import { toErrorInfo } from '../../model/error-info.ts'
import { LlmobsExpError } from '../../model/errors.ts'
import { stringifyJson } from '../../model/json.ts'
import type { ExperimentRef } from '../../model/ports.ts'
import { createHost } from './host.ts'
import type { FromThread, ThreadData, ToThread } from './protocol.ts'
import { createWakefulness } from './stay-awake.ts'
import { captureConsole } from './thread-console.ts'

// Where a thread with user code begins: loads the module, says what it defines, then serves calls.

const port = parentPort
if (port === null) throw new LlmobsExpError('E_INTERNAL', 'this file runs in a worker thread only')
const data: ThreadData = workerData
const definitions = new Map<string, AnyDefinition>()

const send = (messages: readonly FromThread[]): void => port.postMessage(messages)
const trace = data.tracesConsole ? (await import('./console-trace.ts')).createConsoleTrace() : undefined
captureConsole(process, (stream, text) => send([['console', stream, text, trace?.current()]]))
const host = createHost({
  baseFolder: dirname(data.file),
  progress: data.progress,
  find: (ref) => definitions.get(nameOf(ref)),
  trace,
  send,
})

process.setSourceMapsEnabled(true)
reportExits()
const stayAwake = createWakefulness()
port.on('message', (messages: readonly ToThread[]) => {
  stayAwake()
  host.receive(messages)
})
await load()

async function load(): Promise<void> {
  try {
    const found = discover(await import(data.url), data.file)
    for (const { info, definition } of found) definitions.set(nameOf(info.ref), definition)
    send([['loaded', Array.from(found, ({ info }) => info)]])
  } catch (error) {
    const { explainLoadError } = await import('../../load/explain.ts')
    send([['load-failed', toErrorInfo('E_MODULE_LOAD', explainLoadError(error, data.file))]])
  }
}

function nameOf(ref: ExperimentRef): string {
  return stringifyJson([ref.exportName, ref.variant ?? null])
}

/** Results that are in hand go out before the thread ends, and who ended it is told. */
function reportExits(): void {
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
