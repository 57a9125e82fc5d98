import { defaultStoreFolder } from '../backends/local/layout.ts'
import { openLocalStore } from '../backends/local/store.ts'
import { LlmobsExpError } from '../model/errors.ts'
import { quoteText } from '../model/quote.ts'
import { suggest } from '../model/suggest.ts'
import { renderComparison } from '../reporters/format/compare/comparison.ts'
import { styleOf } from '../reporters/format/style.ts'
import { buildJsonComparison } from '../reporters/json-comparison.ts'
import { escapeControls } from '../reporters/json-text.ts'
import { compareScores } from '../session/compare/compare.ts'
import { directionsOf } from '../session/compare/directions.ts'
import type { ExperimentScores } from '../session/compare/scores.ts'
import { sanitizeLine } from '../terminal/sanitize.ts'
import type { CommandContext } from './command-context.ts'
import { indexAhead } from './compare/index-ahead.ts'
import { findNamed, readScores, type ScoresWish } from './compare/read-scores.ts'
import { createEnding } from './ending.ts'

export interface CompareFlags {
  readonly json?: boolean
  readonly store?: string
}

interface Wanted {
  readonly baseline: string
  readonly candidate: string
}

/** Version of the document that `--json` prints. */
const FORMAT = 1

/** `llmobs-exp compare <baseline> <candidate>`: two experiments beside each other. */
export async function compare(wanted: Wanted, flags: CompareFlags, context: CommandContext): Promise<number> {
  const { stdout, stderr } = context.screen
  const { baseline, candidate } = await readBoth(wanted, flags, context)
  const { experimentId } = candidate.experiment
  if (experimentId === baseline.experiment.experimentId) {
    await stderr.write(`both sides are the same experiment: ${sanitizeLine(experimentId)}\n`)
  }
  const comparison = await compareScores(baseline, candidate, directionsOf(candidate.thresholds ?? {}))
  const text =
    flags.json === true
      ? `${escapeControls(JSON.stringify({ formatVersion: FORMAT, ...buildJsonComparison(comparison) }, undefined, 2))}\n`
      : renderComparison(comparison, await styleOf(stdout))
  await stdout.write(text)
  await stdout.flush()
  return 0
}

interface Sides {
  readonly baseline: ExperimentScores
  readonly candidate: ExperimentScores
}

/** A signal ends what is asked of a backend. */
async function readBoth(wanted: Wanted, flags: CompareFlags, context: CommandContext): Promise<Sides> {
  const store = openLocalStore(flags.store ?? defaultStoreFolder(context.currentFolder))
  const ending = createEnding(context.screen.restore)
  const controller = new AbortController()
  const forget = ending.stop.onStop(() => controller.abort())
  try {
    return await readSides(wanted, { store, signal: controller.signal }, context)
  } catch (error) {
    throw ending.explain(error)
  } finally {
    forget()
    await ending.close()
  }
}

async function readSides(
  wanted: Wanted,
  search: Pick<ScoresWish, 'store' | 'signal'>,
  context: CommandContext,
): Promise<Sides> {
  const { store } = search
  const candidate = { ...search, source: wanted.candidate, found: await findNamed(wanted.candidate, store, context) }
  const baseline = { ...search, source: wanted.baseline, found: await findNamed(wanted.baseline, store, context) }
  const ahead = indexAhead(candidate.found, baseline.found, context.workers)
  try {
    const candidates = await readScores({ ...candidate, names: [] }, context)
    await ahead.ready()
    const names = candidates.map(({ experiment }) => experiment.name)
    return pickSides(await readScores({ ...baseline, names }, context), candidates)
  } finally {
    await ahead.close()
  }
}

/** Of files that have several experiments, those with the name that the other side has. */
function pickSides(baselines: readonly ExperimentScores[], candidates: readonly ExperimentScores[]): Sides {
  const [baseline] = baselines
  const [candidate] = candidates
  if (baseline === undefined || candidate === undefined) throw new LlmobsExpError('E_INTERNAL', 'nothing to compare')
  if (candidates.length === 1) return { baseline: pick(baselines, candidate), candidate }
  if (baselines.length === 1) return { baseline, candidate: pick(candidates, baseline) }
  throw new LlmobsExpError('E_BASELINE', 'both sides have several experiments, and one at a time is compared', {
    hint: 'name one of them by its id',
  })
}

function pick(several: readonly ExperimentScores[], other: ExperimentScores): ExperimentScores {
  const [only, ...others] = several
  if (only !== undefined && others.length === 0) return only
  const { name } = other.experiment
  const same = several.find(({ experiment }) => experiment.name === name)
  if (same !== undefined) return same
  const names = several.map(({ experiment }) => experiment.name)
  const near = suggest(name, names)
  throw new LlmobsExpError(
    'E_BASELINE',
    `no experiment in ${quoteText(only?.experiment.source ?? '')} is named ${quoteText(name)}`,
    {
      hint: `${near === undefined ? '' : `did you mean ${quoteText(near)}? `}There are: ${names.map(quoteText).join(', ')}`,
    },
  )
}
