import { requireSettings } from '../backends/datadog/required-settings.ts'
import { findExperiment } from '../backends/local/find-experiment.ts'
import { defaultStoreFolder } from '../backends/local/layout.ts'
import { type LocalStore, openLocalStore } from '../backends/local/store.ts'
import type { GivenFlags } from '../config/given.ts'
import type { RunOptions } from '../config/options.ts'
import { LlmobsExpError } from '../model/errors.ts'
import { signalCodes } from '../model/outcome.ts'
import type { CommandContext } from './command-context.ts'
import { createEnding, type Ending } from './ending.ts'
import { previewTargets } from './push/dry-run.ts'
import type { PushJob } from './push/job.ts'
import { pushTargets } from './push/push-targets.ts'
import { allTargets, type ChosenTargets, targetOf } from './push/targets.ts'
import { readOptions } from './read-options.ts'
import { warnOfPassedOver } from './warn-passed-over.ts'

/** `llmobs-exp push <experiment>`, `push --all`: delivers what the backend has not accepted yet. */
export async function push(wanted: string | undefined, flags: GivenFlags, context: CommandContext): Promise<number> {
  const isAll = flags.all === true
  if (isAll === (wanted !== undefined)) throw wrongTarget(isAll)
  const ending = createEnding(context.screen.restore)
  try {
    const options = await readOptions(flags, ending, context)
    const store = openLocalStore(options.store ?? defaultStoreFolder(context.currentFolder))
    return await work({ store, wanted, options, ending, isDry: flags.dryRun === true }, context)
  } catch (error) {
    const { reason } = ending.stop
    if (reason?.kind !== 'signal') throw error
    await context.screen.stderr.write(`ended by ${reason.signal}: nothing was pushed\n`)
    return signalCodes[reason.signal]
  } finally {
    await ending.close()
  }
}

function wrongTarget(isAll: boolean): LlmobsExpError {
  const got = isAll ? 'both' : 'neither'
  const hint = 'llmobs-exp list shows what there is'
  return new LlmobsExpError('E_USAGE', `push: expected an experiment or --all, got ${got}`, { hint })
}

interface Work {
  readonly store: LocalStore
  readonly wanted: string | undefined
  readonly options: RunOptions
  readonly ending: Ending
  readonly isDry: boolean
}

async function work({ store, wanted, options, ending, isDry }: Work, context: CommandContext): Promise<number> {
  const settings = requireSettings(context.env, 'push')
  const chosen = wanted === undefined ? await allTargets(store) : await oneTarget(store, wanted, context)
  const parts = await import('./backend.ts')
  const backend = parts.createDatadogBackend(settings, { clock: context.clock, mask: context.secrets.mask })
  const job: PushJob = { chosen, parts, backend, options, stop: ending.stop, project: settings.project }
  try {
    return isDry ? await previewTargets(job, context) : await pushTargets(job, context)
  } finally {
    await backend.close()
  }
}

async function oneTarget(store: LocalStore, wanted: string, context: CommandContext): Promise<ChosenTargets> {
  const found = await findExperiment(store, wanted)
  await warnOfPassedOver(found, context)
  return { targets: [targetOf(found.store, found)], leftOut: [] }
}
