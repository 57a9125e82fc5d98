import type { RecordItem } from '../../model/executor.ts'
import type { DefinitionInfo, ExperimentRef } from '../../model/ports.ts'
import { type Crew, createCrew } from './crew.ts'
import { createDatasetReaders } from './dataset-readers.ts'
import { createInProcessWorker } from './in-process-worker.ts'
import { type CompiledFile, startThread, type ThreadListeners, type UserWorker } from './thread.ts'
import { createThreadExecutor, type ExecutedExperiment, type ThreadExecutor } from './thread-executor.ts'
import type { Workers } from './workers.ts'

/** A user's module, loaded in threads of its own: in one, and in more where an experiment needs them. */
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

/** As much of where threads come from as a module needs. */
export interface ModuleWorkers extends Pick<Workers, 'processorTime'>, Partial<Pick<Workers, 'enter'>> {
  take(): UserWorker
}

export interface ModuleOptions extends ThreadListeners {
  readonly workers: ModuleWorkers
  /** Whether user code runs in this process, without a thread. @default false */
  readonly isInProcess?: boolean | undefined
  /** Told as soon as there is something that can be closed, before the module has loaded. */
  readonly onModule: (module: Pick<UserModule, 'close'>) => void
}

/** @throws LlmobsExpError `E_MODULE_LOAD`, `E_MODULE_EXIT`, `E_NO_EXPERIMENT` or `E_DEFINITION` */
export async function loadUserModule(compiled: CompiledFile, options: ModuleOptions): Promise<UserModule> {
  const { workers, isInProcess = false } = options
  const take = (): UserWorker =>
    isInProcess && workers.enter !== undefined ? createInProcessWorker({ enter: workers.enter }) : workers.take()
  const datasets = createDatasetReaders((message) => crew.first.current().post(message))
  const crew: Crew = createCrew({
    start: (own) => startThread(take(), compiled, { ...options, ...own, onDataset: datasets.receive }),
    onFirstEnded: datasets.fail,
    onFirstReplaced: datasets.restart,
  })
  options.onModule(crew)
  const definitions = await crew.loaded
  let opened = 0
  return {
    definitions,
    open(experiment) {
      const turn = ++opened
      const tools = { ...crew, processorTime: workers.processorTime, isOpen: () => turn === opened }
      return createThreadExecutor(experiment, tools)
    },
    records: datasets.read,
    drain: crew.drain,
    close: crew.close,
  }
}
