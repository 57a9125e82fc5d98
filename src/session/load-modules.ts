import { type CompileOptions, compileModule } from '../load/compile.ts'
import type { DefinitionInfo } from '../model/ports.ts'
import { loadUserModule, type ModuleOptions, type UserModule } from './executors/user-module.ts'

/** One experiment of a loaded module. */
export interface LoadedExperiment {
  readonly info: DefinitionInfo
  /** Absolute path of the module, or `IN_CODE`. */
  readonly file: string
  /** Over the module and everything it imports. */
  readonly moduleHash: string
  readonly module: UserModule
}

export interface LoadOptions extends CompileOptions, ModuleOptions {}

/**
 * Loads all files, each in a thread of its own, and gives their experiments in written order.
 * @throws LlmobsExpError when any of them does not load
 */
export async function loadModules(files: readonly string[], options: LoadOptions): Promise<LoadedExperiment[]> {
  const settled = await Promise.allSettled(files.map((file) => loadFile(file, options)))
  const failed = settled.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return settled.flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
}

async function loadFile(file: string, options: LoadOptions): Promise<LoadedExperiment[]> {
  const compiled = await compileModule(file, options)
  const module = await loadUserModule(compiled, options)
  return module.definitions.map((info) => ({ info, file, moduleHash: compiled.hash, module }))
}
