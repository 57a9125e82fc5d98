import type { ConfigTexts } from '../config/read-config.ts'
import { type CompileOptions, compileModule } from '../load/compile.ts'
import { type ConfigThreadOptions, loadConfigThread } from './executors/config-thread.ts'

/**
 * Compiles and loads a config file as an experiment module is, in a thread of its own.
 * @throws LlmobsExpError when it does not load, or sets what cannot be set
 */
export async function loadConfig(file: string, options: CompileOptions & ConfigThreadOptions): Promise<ConfigTexts> {
  return loadConfigThread(await compileModule(file, options), options)
}
