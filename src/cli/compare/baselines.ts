import type { LocalStore } from '../../backends/local/store.ts'
import type { RegressionGate } from '../../config/option-values.ts'
import type { RunOptions } from '../../config/options.ts'
import type { StopSwitch } from '../../engine/stop.ts'
import { LlmobsExpError } from '../../model/errors.ts'
import { quoteText } from '../../model/quote.ts'
import { suggest } from '../../model/suggest.ts'
import type { ExperimentScores } from '../../session/compare/scores.ts'
import type { BaselinePlan } from '../../session/compare/with-baseline.ts'
import type { PlannedExperiment } from '../../session/plan-experiment.ts'
import { isCi } from '../../terminal/ci.ts'
import type { CommandContext } from '../command-context.ts'
import { findNewest, hasRegressed, tookEnough } from './find-stored.ts'
import { BASELINE_FILE, readScores, type ScoresWish } from './read-scores.ts'
import { readStoredScores } from './stored-scores.ts'

/** An experiment that is about to run. */
type Contender = Pick<PlannedExperiment, 'experimentId' | 'loaded' | 'options'>

export interface BaselineTools {
  readonly store: LocalStore
  readonly stop: StopSwitch
}

interface Search {
  readonly store: LocalStore
  /** Of the first experiment of the command: only what was begun before it is a baseline. */
  readonly groupId: string
  readonly signal: AbortSignal
}

const LATEST = 'latest'

/**
 * Reads what each experiment of a command is to be held against, before the first task of any.
 * @returns by the experiment's id; without those of a command for which the named file has no experiment of that name
 * @throws LlmobsExpError `E_OPTION` for a gate without a baseline or on nothing; `E_BASELINE` or `E_STORE_UNKNOWN` for a baseline that
 *   there is not
 */
export async function readBaselines(
  contenders: readonly Contender[],
  { store, stop }: BaselineTools,
  context: CommandContext,
): Promise<ReadonlyMap<string, BaselinePlan>> {
  refuseGates(contenders)
  const controller = new AbortController()
  const forget = stop.onStop(() => controller.abort())
  const groupId = contenders.map(({ experimentId }) => experimentId).sort()[0] ?? ''
  try {
    return await readEach(contenders, { store, groupId, signal: controller.signal }, context)
  } finally {
    forget()
  }
}

async function readEach(
  contenders: readonly Contender[],
  search: Search,
  context: CommandContext,
): Promise<ReadonlyMap<string, BaselinePlan>> {
  const plans = new Map<string, BaselinePlan>()
  const sources = new Set(
    contenders.flatMap(
      ({
        options: {
          values: { baseline },
        },
      }) => (baseline === undefined ? [] : [baseline]),
    ),
  )
  for (const source of sources) {
    const wanting = contenders.filter(({ options }) => options.values.baseline === source)
    const found = await findEach(source, wanting, search, context)
    for (const { experimentId, options } of wanting) {
      const baseline = found.get(experimentId)
      if (baseline !== undefined) plans.set(experimentId, { baseline, gates: options.values.failOnRegression })
    }
  }
  return plans
}

type Found = ReadonlyMap<string, ExperimentScores>

async function findEach(
  source: string,
  wanting: readonly Contender[],
  search: Search,
  context: CommandContext,
): Promise<Found> {
  if (source === LATEST) return findLatest(wanting, search, context)
  const names = wanting.map(({ loaded }) => loaded.info.name)
  const several = await readNamed({ source, names, ...search }, context)
  const [only, ...others] = several
  const [contender, ...more] = wanting
  // Whoever names one for one means it, whatever it is called.
  if (only !== undefined && contender !== undefined && others.length + more.length === 0) {
    return new Map([[contender.experimentId, only]])
  }
  const byName = new Map(several.map((scores) => [scores.experiment.name, scores]))
  const found = new Map<string, ExperimentScores>()
  for (const { experimentId, loaded, options } of wanting) {
    const { name } = loaded.info
    const scores = byName.get(name)
    if (scores !== undefined) found.set(experimentId, scores)
    // What is not to get worse cannot go without.
    else if (options.values.failOnRegression.length > 0) throw otherNames(source, [name], byName)
  }
  if (found.size === 0) throw otherNames(source, names, byName)
  return found
}

/** In CI the store of an earlier job may be missing, which no list of what there is helps with. */
async function readNamed(input: ScoresWish, context: CommandContext): Promise<readonly ExperimentScores[]> {
  try {
    return await readScores(input, context)
  } catch (error) {
    const isMissing = error instanceof LlmobsExpError && error.code === 'E_STORE_UNKNOWN'
    if (!isMissing || !isCi(context.env)) throw error
    const message = `--baseline ${input.source}: ${error.message}`
    throw new LlmobsExpError('E_BASELINE', message, { hint: howToKeep(input.names[0] ?? '') })
  }
}

function otherNames(source: string, names: readonly string[], there: ReadonlyMap<string, unknown>): LlmobsExpError {
  const wanted = names.map(quoteText).join(' or ')
  const message = `--baseline ${source}: expected an experiment named ${wanted}, got ${[...there.keys()].map(quoteText).join(', ')}`
  return new LlmobsExpError('E_BASELINE', message, {
    hint: 'run one experiment alone with --only, or take --baseline latest',
  })
}

/** Of each name the last complete experiment before this command that took all records, or the same choice, and has not regressed itself. */
async function findLatest(
  wanting: readonly Contender[],
  { store, groupId }: Search,
  { env }: CommandContext,
): Promise<Found> {
  const found = new Map<string, ExperimentScores>()
  for (const { experimentId, loaded, options } of wanting) {
    const { name } = loaded.info
    const selection = selectionOf(options.values)
    const manifest = await findNewest(
      store,
      (one) =>
        one.experimentId < groupId && one.definition.name === name && tookEnough(one, selection) && !hasRegressed(one),
    )
    if (manifest === undefined) throw noLatest(name, store, isCi(env))
    found.set(experimentId, await readStoredScores({ store, manifest, source: `latest:${name}` }))
  }
  return found
}

function selectionOf({ filter, record, sampleSize, sampleSeed }: RunOptions) {
  return {
    filters: filter.map(({ key, value }) => `${key}=${value}`),
    records: record,
    ...(sampleSize === undefined ? {} : { sampleSize }),
    ...(sampleSeed === undefined ? {} : { sampleSeed }),
  }
}

function noLatest(name: string, { folder }: LocalStore, isInCI: boolean): LlmobsExpError {
  const message = `--baseline latest: no complete experiment named ${quoteText(name)} is stored in ${folder}`
  return new LlmobsExpError('E_BASELINE', message, {
    hint: isInCI ? howToKeep(name) : 'run it once without --baseline',
  })
}

function howToKeep(name: string): string {
  const save = `llmobs-exp baseline save latest:${name} -o ${BASELINE_FILE}`
  return `commit a baseline: run it once, ${save}, then --baseline ${BASELINE_FILE}; or keep the store's folder between jobs`
}

/** A gate that can never close is none. */
function refuseGates(contenders: readonly Contender[]): void {
  const gated = contenders.filter(({ options }) => options.values.failOnRegression.length > 0)
  if (gated.some(({ options }) => options.values.baseline === undefined)) {
    throw new LlmobsExpError('E_OPTION', '--fail-on-regression: expected --baseline beside it, got none', {
      hint: 'add --baseline latest, or the path of a file that llmobs-exp baseline save has written',
    })
  }
  const evaluators = [...new Set(contenders.flatMap(({ loaded }) => loaded.info.evaluators))]
  for (const gate of gated.flatMap(({ options }) => options.values.failOnRegression)) refuseUnknown(gate, evaluators)
}

/** Which labels an evaluator with several values gives is known only when it has run. */
function refuseUnknown({ name }: RegressionGate, evaluators: readonly string[]): void {
  if (name === undefined || evaluators.some((known) => name === known || name.startsWith(`${known}-`))) return
  const near = suggest(name, evaluators)
  throw new LlmobsExpError(
    'E_OPTION',
    `--fail-on-regression: expected the name of an evaluator, got ${quoteText(name)}`,
    {
      hint: `${near === undefined ? '' : `did you mean ${quoteText(near)}? `}There are: ${evaluators.map(quoteText).join(', ')}`,
    },
  )
}
