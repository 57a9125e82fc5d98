import { setFlagsFromString } from 'node:v8'
import { defaultStoreFolder } from '../backends/local/layout.ts'
import { openLocalStore } from '../backends/local/store.ts'
import { type GivenFlags, originOf, type ResolvedOptions } from '../config/resolve.ts'
import { findFiles } from '../load/find-files.ts'
import { createMultiplexer, type Multiplexer } from '../reporters/multiplexer.ts'
import { resolveReporters } from '../reporters/registry.ts'
import type { CommandContext } from './command-context.ts'
import { createConsoleRelay } from './console-relay.ts'
import { describeDoubtfulKeys } from './doubtful-keys.ts'
import { createEnding } from './ending.ts'
import { prepare } from './prepare.ts'
import { startOptions } from './settings.ts'

// Large outputs live just long enough to be taken for old; with its own growth factor V8 keeps three times as many of them.
const HEAP_GROWTH = '--heap-growing-percent=75'

/** `llmobs-exp run <file...>`: from what was asked for to an exit code. */
export async function run(patterns: readonly string[], flags: GivenFlags, context: CommandContext): Promise<number> {
  const settings = startOptions(flags, context)
  const files = await findFiles(patterns, context.currentFolder)
  const ending = createEnding()
  try {
    const relay = createConsoleRelay()
    const tools = { ...context, ending, onConsole: relay.write }
    const completing = settings.complete(tools)
    const preparing = prepare(files, completing, tools)
    // Both fail where the options do, and only one of them is awaited then.
    preparing.catch(() => {})
    // The engine is imported while the modules' threads start.
    const running = Promise.all([import('../session/run-group.ts'), import('./store-plans.ts')])
    const options = await completing
    const reporters = await createReporters(options, context)
    relay.connect(reporters.console)
    for (const problem of settings.problems) reporters.problem(problem)
    const planned = await preparing
    for (const problem of describeDoubtfulKeys(planned)) reporters.problem(problem)
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

async function createReporters(options: ResolvedOptions, { screen }: CommandContext): Promise<Multiplexer> {
  const { quiet, debug, reporter } = options.values
  const origin = originOf(options, 'reporter')
  return createMultiplexer(await resolveReporters(reporter, { screen, quiet, debug, origin }))
}
