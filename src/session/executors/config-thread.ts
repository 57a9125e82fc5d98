import type { Worker } from 'node:worker_threads'
import type { ConfigTexts } from '../../config/read-config.ts'
import { fromErrorInfo } from '../../model/error-info.ts'
import type { ErrorInfo } from '../../model/errors.ts'
import type { ConfigReply, ConfigThreadData } from './config-entry.ts'
import { describeDeath, describeExit, forwardConsole } from './thread.ts'
import type { ModuleOptions } from './user-module.ts'
import type { Workers } from './workers.ts'

export interface ConfigThreadOptions extends ModuleOptions {
  readonly workers: Workers
}

/**
 * Loads a compiled config file in a thread of its own, which ends with it.
 * @throws LlmobsExpError `E_CONFIG_FILE`, `E_MODULE_LOAD` or `E_MODULE_EXIT`
 */
export async function loadConfigThread(data: ConfigThreadData, options: ConfigThreadOptions): Promise<ConfigTexts> {
  const worker = options.workers.readConfig(data)
  forwardConsole(worker, options.onConsole)
  options.onModule({
    async close() {
      await worker.terminate()
    },
  })
  try {
    const reply = await replyOf(worker, data.file)
    if (reply.status === 'failed') throw fromErrorInfo(reply.error)
    return reply.texts
  } finally {
    await worker.terminate()
  }
}

function replyOf(worker: Worker, file: string): Promise<ConfigReply> {
  return new Promise((resolve, reject) => {
    const end = (error: ErrorInfo): void =>
      reject(fromErrorInfo({ ...error, code: 'E_MODULE_EXIT', message: `${file}: ${error.message}` }))
    worker.once('message', resolve)
    worker.once('error', (error) => end(describeDeath(error)))
    worker.once('exit', (code) => end(describeExit(code)))
  })
}
