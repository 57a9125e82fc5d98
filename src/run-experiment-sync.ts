import { createRequire } from 'node:module'
import type { SyncRunOptions } from './library/options.ts'
import type { AnyExperiment, SyncResultOf, UntypedExperiment } from './library/result.ts'

/**
 * `runExperiment` for a module, blocking: returns when the run has ended. It works wherever code runs: in a script, inside an async
 * function, at a prompt, in a notebook, in a worker thread; nothing else of that thread runs meanwhile. The module runs in a process of
 * its own, which prints to the same stdout and stderr; Ctrl-C ends that process in good order, and then this one.
 *
 * Only what another process can be told can be given: the file of a module, no definition; options that are plain data.
 *
 * @throws LlmobsExpError as `runExperiment` rejects; `E_OPTION` for what cannot be given; `E_RUN_PROCESS`
 * @example
 * const result = runExperimentSync('./triage.ts', { jobs: 20 })
 * console.table(result.toTable())
 */
export function runExperimentSync<D extends AnyExperiment = UntypedExperiment>(
  file: string | URL,
  options?: SyncRunOptions,
): SyncResultOf<D>
// biome-ignore lint/suspicious/noExplicitAny: what is known of the types stands above.
export function runExperimentSync(file: unknown, options: SyncRunOptions = {}): any {
  // Not before, and at once, which is for files that have been built: whoever only defines an experiment imports this file too.
  const load = createRequire(import.meta.url)
  const { runSync }: typeof import('./library/sync.ts') = load('./library/sync.cjs')
  return runSync(file, options)
}
