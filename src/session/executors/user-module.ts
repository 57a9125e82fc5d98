import { LlmobsExpError } from '../../model/errors.ts'
import type { ConsoleChunk, DefinitionInfo } from '../../model/ports.ts'
import { type CompiledFile, startThread, type Thread } from './thread.ts'
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
  /** Resolves when what user code has written to its console has come. */
  drain(): Promise<void>
  /** Ends all user code at once. */
  close(): Promise<void>
}

export interface ModuleOptions {
  readonly workers: Workers
  readonly onConsole: (chunk: ConsoleChunk) => void
  /** Told as soon as there is something that can be closed, before the module has loaded. */
  readonly onModule: (module: Pick<UserModule, 'close'>) => void
}

/** @throws LlmobsExpError `E_MODULE_LOAD`, `E_MODULE_EXIT`, `E_NO_EXPERIMENT` or `E_DEFINITION` */
export async function loadUserModule(compiled: CompiledFile, options: ModuleOptions): Promise<UserModule> {
  const start = (): Thread => startThread(options.workers.take(), compiled, options.onConsole)
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
      await thread.terminate()
      if (isClosed) throw new LlmobsExpError('E_USER_CODE_ENDED', 'the module is closed')
      thread = start()
      await loadedOrEnded(thread)
    },
  }
  return {
    definitions,
    open: (experiment) => createThreadExecutor(experiment, slot),
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
