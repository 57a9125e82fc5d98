import { toErrorInfo } from '../../model/error-info.ts'
import { LlmobsExpError } from '../../model/errors.ts'
import type { RecordItem } from '../../model/executor.ts'
import type { DefinitionInfo, ExperimentRef } from '../../model/ports.ts'
import { createDatasetReaders } from './dataset-readers.ts'
import { type CompiledFile, startThread, type Thread, type ThreadListeners } from './thread.ts'
import {
  createThreadExecutor,
  type ExecutedExperiment,
  type ThreadExecutor,
  type ThreadSlot,
} from './thread-executor.ts'
import type { Workers } from './workers.ts'

/** A user's module, loaded in a thread of its own. */
export interface UserModule {
  readonly definitions: readonly DefinitionInfo[]
  /** Opens one of its experiments. One at a time. */
  open(experiment: ExecutedExperiment): ThreadExecutor
  /** Reads the dataset of one of them from its beginning, whichever is open. */
  records(ref: ExperimentRef, batchSize: number): AsyncIterable<readonly RecordItem[]>
  /** Resolves when what user code has written to its console has come. */
  drain(): Promise<void>
  /** Ends all user code at once. */
  close(): Promise<void>
}

export interface ModuleOptions extends ThreadListeners {
  readonly workers: Workers
  /** Told as soon as there is something that can be closed, before the module has loaded. */
  readonly onModule: (module: Pick<UserModule, 'close'>) => void
}

/** @throws LlmobsExpError `E_MODULE_LOAD`, `E_MODULE_EXIT`, `E_NO_EXPERIMENT` or `E_DEFINITION` */
export async function loadUserModule(compiled: CompiledFile, options: ModuleOptions): Promise<UserModule> {
  const datasets = createDatasetReaders((message) => thread.post(message))
  let isReplaced = false
  const start = (): Thread =>
    startThread(options.workers.take(), compiled, {
      ...options,
      onDataset: datasets.receive,
      onEnded(error) {
        if (!isReplaced) datasets.fail(error)
      },
    })
  let thread = start()
  let isClosed = false
  const close = (): Promise<void> => {
    isClosed = true
    return thread.terminate()
  }
  options.onModule({ close })
  const definitions = await loadedOrEnded(thread)
  const slot: ThreadSlot = {
    current: () => thread,
    async replace() {
      isReplaced = true
      await thread.terminate()
      isReplaced = false
      if (isClosed) {
        const error = new LlmobsExpError('E_USER_CODE_ENDED', 'the module is closed')
        datasets.fail(toErrorInfo('E_USER_CODE_ENDED', error))
        throw error
      }
      thread = start()
      await loadedOrEnded(thread)
      datasets.restart()
    },
  }
  return {
    definitions,
    open: (experiment) => createThreadExecutor(experiment, slot),
    records: datasets.read,
    drain: () => thread.drain(),
    close,
  }
}

async function loadedOrEnded(thread: Thread): Promise<readonly DefinitionInfo[]> {
  try {
    return await thread.loaded
  } catch (error) {
    await thread.terminate()
    throw error
  }
}
