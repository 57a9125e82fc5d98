import type { ConfigTexts } from '../config/read-config.ts'
import { type CompileOptions, compileModule } from '../load/compile.ts'
import { loadConfigThread } from './executors/config-thread.ts'
import type { ModuleOptions } from './executors/user-module.ts'

/**
 * Compiles and loads a config file as an experiment module is, in a thread of its own.
 * @throws LlmobsExpError when it does not load, or sets what cannot be set
 */
export async function loadConfig(file: string, options: CompileOptions & ModuleOptions): Promise<ConfigTexts> {
  return loadConfigThread(await compileModule(file, options), options)
}
