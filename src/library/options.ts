import type { Environment } from '../config/given.ts'
import type { Config } from '../config/options.ts'
import { readGivenOptions } from '../config/read-config.ts'
import { type ResolvedOptions, resolveOptions } from '../config/resolve.ts'

/**
 * Every option of `llmobs-exp run` that a config file may set, in the same form: times are milliseconds, or texts such as `'30s'`.
 * What is not given comes from `LLMOBS_EXP_*` variables, else from the definition, else it is the command's default. No config file
 * and no `.env` is read.
 */
export interface RunExperimentOptions extends Config {
  /**
   * Ends the run as Ctrl-C ends the command: no new task, up to 5 s for those in flight. What is done is kept, and the result is
   * that of a run that was stopped. Before the first task the run is rejected with `E_ABORTED`.
   */
  readonly signal?: AbortSignal | undefined
  /**
   * Where the definition stands: `import.meta.url`. Relative paths of its dataset start from there, and `llmobs-exp resume` looks
   * for it there, as the default export. Not with a file, which says that itself. @default the current folder
   */
  readonly file?: string | URL | undefined
}

/** Options for another process: all of them but what only this one has. */
export type SyncRunOptions = Omit<RunExperimentOptions, 'signal' | 'file'>

/** @throws LlmobsExpError `E_OPTION` */
export function resolveGiven(
  { signal: _signal, file: _file, ...given }: RunExperimentOptions,
  env: Environment,
): ResolvedOptions {
  const resolved = resolveOptions(readGivenOptions(given), env)
  // Messages speak of what was written: a key, and no flag.
  const origins = Array.from(
    resolved.origins,
    ([name, origin]) => [name, resolved.sources.get(name) === 'flag' ? name : origin] as const,
  )
  return { ...resolved, origins: new Map(origins) }
}
