import process from 'node:process'
import { parentPort, workerData } from 'node:worker_threads'
import { type ConfigTexts, readConfig } from '../../config/read-config.ts'
import { toErrorInfo } from '../../model/error-info.ts'
import { type ErrorInfo, LlmobsExpError } from '../../model/errors.ts'

// Where a thread with the user's config file begins: loads it, checks it, says what it sets, and is done.

/** What the thread says, once. */
export type ConfigReply =
  | { readonly status: 'read'; readonly texts: ConfigTexts }
  | { readonly status: 'failed'; readonly error: ErrorInfo }

/** The file, compiled. */
export interface ConfigThreadData {
  readonly url: string
  readonly file: string
}

const port = parentPort
if (port === null) throw new LlmobsExpError('E_INTERNAL', 'this file runs in a worker thread only')
const { url, file }: ConfigThreadData = workerData

process.setSourceMapsEnabled(true)
const reply = await load()
// A write calls back once the main thread has taken it: what the file printed comes before the reply.
process.stdout.write('', () => process.stderr.write('', () => port.postMessage(reply)))

async function load(): Promise<ConfigReply> {
  try {
    return { status: 'read', texts: readConfig(defaultExport(await import(url)), file) }
  } catch (error) {
    const { explainLoadError } = await import('../../load/explain.ts')
    return { status: 'failed', error: toErrorInfo('E_MODULE_LOAD', explainLoadError(error, file)) }
  }
}

/** What a CommonJS module that was compiled from an ES module exports lies one step deeper. */
function defaultExport(namespace: object): unknown {
  const main: unknown = Reflect.get(namespace, 'default')
  const isCompiled = typeof main === 'object' && main !== null && Reflect.get(main, '__esModule') === true
  return isCompiled ? Reflect.get(main, 'default') : main
}
