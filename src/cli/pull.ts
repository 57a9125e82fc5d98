import { findPulled } from '../backends/local/find-by-backend-id.ts'
import { defaultStoreFolder } from '../backends/local/layout.ts'
import { type LocalStore, openLocalStore } from '../backends/local/store.ts'
import type { GivenFlags } from '../config/given.ts'
import type { RunOptions } from '../config/options.ts'
import { LlmobsExpError } from '../model/errors.ts'
import { signalCodes } from '../model/outcome.ts'
import { backendIdOf } from '../model/pull.ts'
import { quote } from '../model/quote.ts'
import { createConsolePrinter } from '../reporters/console-printer.ts'
import { createProblemPrinter } from '../reporters/problem-printer.ts'
import { askBackend } from './ask-backend.ts'
import type { CommandContext } from './command-context.ts'
import { createEnding, type Ending } from './ending.ts'
import { fetchExperiment } from './pull/fetch-experiment.ts'
import { tellPulled, tellThere } from './pull/tell-pulled.ts'
import { startOptions } from './settings.ts'

/** `llmobs-exp pull <experiment-id>`: brings an experiment from the backend into the store. */
export async function pull(wanted: string, flags: GivenFlags, context: CommandContext): Promise<number> {
  const id = backendIdOf(wanted)
  if (id === undefined) throw noId(wanted)
  const ending = createEnding(context.screen.restore)
  try {
    const options = await readOptions(flags, ending, context)
    const store = openLocalStore(options.store ?? defaultStoreFolder(context.currentFolder))
    return await work({ id, store, options, ending, isForced: flags.force === true }, context)
  } catch (error) {
    const { reason } = ending.stop
    if (reason?.kind !== 'signal') throw error
    await context.screen.stderr.write(`ended by ${reason.signal}: nothing was pulled\n`)
    return signalCodes[reason.signal]
  } finally {
    await ending.close()
  }
}

function noId(wanted: string): LlmobsExpError {
  const message = `pull: expected the id of an experiment at Datadog, or the link to it, got ${quote(wanted)}`
  return new LlmobsExpError('E_USAGE', message, { hint: 'llmobs-exp list --remote shows what there is' })
}

async function readOptions(flags: GivenFlags, ending: Ending, context: CommandContext): Promise<RunOptions> {
  const { stderr } = context.screen
  const started = startOptions(flags, context)
  const printer = createConsolePrinter(stderr)
  const completing = started.complete({ ...context, ending, onConsole: printer.push }).finally(printer.finish)
  const { values } = await completing
  const problems = createProblemPrinter({ stderr, onlyErrors: values.quiet, all: values.debug })
  for (const problem of started.problems) await problems.print(problem)
  return values
}

interface Work {
  readonly id: string
  readonly store: LocalStore
  readonly options: RunOptions
  readonly ending: Ending
  readonly isForced: boolean
}

async function work({ id, store, options, ending, isForced }: Work, context: CommandContext): Promise<number> {
  const there = await findPulled(store, id)
  if (there !== undefined && !isForced) return tellThere(store, there, { ...context, quiet: options.quiet })
  const controller = new AbortController()
  const forget = ending.stop.onStop(() => controller.abort())
  try {
    const { signal } = controller
    const replaces = there === undefined ? {} : { replaces: there }
    const fetched = await askBackend('pull', context, ({ remote }) =>
      fetchExperiment({ remote, id, store, signal, ...replaces }, context),
    )
    if (fetched.stored.status === 'stored')
      return await tellPulled(store, fetched, { ...context, quiet: options.quiet })
    return await tellThere(store, fetched.stored.experimentId, { ...context, quiet: options.quiet })
  } finally {
    forget()
  }
}
