import { dirname } from 'node:path'
import process from 'node:process'
import { type MessagePort, parentPort } from 'node:worker_threads'
import { discover } from '../../load/discover.ts'
import type { AnyDefinition } from '../../model/definition.ts'
import { toErrorInfo } from '../../model/error-info.ts'
import { LlmobsExpError } from '../../model/errors.ts'
import { stringifyJson } from '../../model/json.ts'
import type { ExperimentRef } from '../../model/ports.ts'
import { createHost, type Host } from './host.ts'
import type { FromThread, ThreadData, ToThread } from './protocol.ts'
import { createWakefulness } from './stay-awake.ts'

// Where a thread with user code begins: waits to be told which module, loads it, says what it defines, then serves calls. It is
// started before anybody knows which module that will be, so that its start is over by then.

if (parentPort === null) throw new LlmobsExpError('E_INTERNAL', 'this file runs in a worker thread only')
const port: MessagePort = parentPort
const definitions = new Map<string, AnyDefinition>()
const send = (messages: readonly FromThread[]): void => port.postMessage(messages)

process.setSourceMapsEnabled(true)
port.once('message', (data: ThreadData) => {
  const host = createHost({
    baseFolder: dirname(data.file),
    progress: data.progress,
    find: (ref) => definitions.get(nameOf(ref)),
    send,
    drainConsole,
  })
  reportExits(host)
  const stayAwake = createWakefulness()
  port.on('message', (messages: readonly ToThread[]) => {
    stayAwake()
    host.receive(messages)
  })
  void load(data)
})

async function load({ url, file }: ThreadData): Promise<void> {
  try {
    const found = discover(await import(url), file)
    for (const { info, definition } of found) definitions.set(nameOf(info.ref), definition)
    send([['loaded', Array.from(found, ({ info }) => info)]])
  } catch (error) {
    const { explainLoadError } = await import('../../load/explain.ts')
    send([['load-failed', toErrorInfo('E_MODULE_LOAD', explainLoadError(error, file))]])
  }
}

function nameOf(ref: ExperimentRef): string {
  return stringifyJson([ref.exportName, ref.variant ?? null])
}

/** A write calls back once the main thread has taken it, and all before it. */
function drainConsole(done: () => void): void {
  let waiting = 2
  const taken = (): void => {
    if (--waiting === 0) done()
  }
  process.stdout.write('', taken)
  process.stderr.write('', taken)
}

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
