import { setFlagsFromString } from 'node:v8'
import { defaultStoreFolder } from '../backends/local/layout.ts'
import { openLocalStore } from '../backends/local/store.ts'
import { type GivenFlags, resolveOptions } from '../config/resolve.ts'
import { findFiles } from '../load/find-files.ts'
import { createMultiplexer } from '../reporters/multiplexer.ts'
import { resolveReporters } from '../reporters/registry.ts'
import type { CommandContext } from './command-context.ts'
import { createEnding } from './ending.ts'
import { prepare } from './prepare.ts'

// Large outputs live just long enough to be taken for old; with its own growth factor V8 keeps three times as many of them.
const HEAP_GROWTH = '--heap-growing-percent=75'

/** `llmobs-exp run <file...>`: from what was asked for to an exit code. */
export async function run(patterns: readonly string[], flags: GivenFlags, context: CommandContext): Promise<number> {
  const options = resolveOptions(flags, context.env)
  const { quiet, debug, reporter } = options.values
  const files = await findFiles(patterns, context.currentFolder)
  const reporters = createMultiplexer(await resolveReporters(reporter, { screen: context.screen, quiet, debug }))
  const ending = createEnding()
  try {
    const preparing = prepare(files, options, { ...context, ending, onConsole: reporters.console })
    // The engine is imported while the modules' threads start.
    const running = Promise.all([import('../session/run-group.ts'), import('./store-plans.ts')])
    const planned = await preparing
    const [{ runGroup }, { storePlans }] = await running
    const store = openLocalStore(options.values.store ?? defaultStoreFolder(context.currentFolder))
    const experiments = storePlans(planned, store, context)
    ending.begin()
    // Not before: with other flags than at its start Node compiles what it loads of itself anew, such as all of a thread.
    setFlagsFromString(HEAP_GROWTH)
    const outcome = await runGroup(experiments, { ...context, stop: ending.stop, tell: reporters.event })
    await reporters.finish(outcome)
    return outcome.exitCode
  } finally {
    await ending.close()
  }
}
