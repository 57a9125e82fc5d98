import { readFile } from 'node:fs/promises'
import { LlmobsExpError } from '../../model/errors.ts'
import type { NamedSummaryResult } from '../../model/events.ts'
import { quoteText } from '../../model/quote.ts'
import { type ExperimentScores, type RecordLabel, recordStates } from '../compare/scores.ts'

export const BASELINE_FILE_FORMAT = 'llmobs-exp-baseline'
/** Version of the format of baseline files. */
const BASELINE_FILE_VERSION = 1

/** What a baseline file has: enough to compare with, and nothing of what went in or came out. */
export interface BaselineFile {
  readonly format: typeof BASELINE_FILE_FORMAT
  readonly v: number
  readonly experiments: readonly BaselineExperiment[]
}

interface BaselineExperiment {
  readonly id: string
  readonly name: string
  readonly runs: number
  readonly isComplete: boolean
  readonly labels: readonly BaselineLabel[]
  readonly summaries: readonly { readonly iteration: number; readonly results: readonly BaselineResult[] }[]
  /** By key. */
  readonly records: readonly BaselineRecord[]
}

interface BaselineLabel {
  readonly label: string
  readonly evaluator: string
  readonly type: RecordLabel['type']
  readonly scored: number
  readonly errored: number
  readonly skipped: number
}

type BaselineResult =
  | Extract<NamedSummaryResult, { readonly status: 'ok' }>
  | { readonly name: string; readonly status: 'error'; readonly message: string }

interface BaselineRecord {
  readonly key: string
  readonly contentHash: string
  /** `p` where all its runs passed, `f` where one failed. */
  readonly state: 'p' | 'f'
  /** Milliseconds of the task's own calls, a mean over runs; absent where none came to its end. */
  readonly latency?: number
  /** The mean over runs under each label, in the order of `labels`; null where there is none. */
  readonly values: readonly (number | null)[]
  /** What was said about passing under each label: `p`, `f`, or `-` for nothing. */
  readonly verdicts: string
}

/** Writes the same experiments as the same bytes: sorted, and a line for each record, so that a change of it can be read. */
export function writeBaseline(experiments: readonly ExperimentScores[]): string {
  const sorted = [...experiments].sort((a, b) => compareTexts(a.experiment.name, b.experiment.name))
  const parts = sorted.map((scores) => `    ${experimentText(scores)}`).join(',\n')
  const { format, v } = { format: BASELINE_FILE_FORMAT, v: BASELINE_FILE_VERSION }
  return `{\n  "format": "${format}",\n  "v": ${v},\n  "experiments": [\n${parts}\n  ]\n}\n`
}

function experimentText(scores: ExperimentScores): string {
  const { experimentId: id, name, runs, isComplete } = scores.experiment
  const labels = [...scores.labels].sort((a, b) => compareTexts(a.label, b.label))
  const head = JSON.stringify({ id, name, runs, isComplete }).slice(1, -1)
  const lists = [
    listText(
      'labels',
      labels.map(({ label, evaluator, type, coverage }) => ({ label, evaluator, type, ...coverage })),
    ),
    listText(
      'summaries',
      scores.summaries.map(({ iteration, results }) => ({ iteration, results: results.map(resultOf) })),
    ),
    listText('records', recordsOf(scores, labels)),
  ]
  return `{\n      ${head},\n${lists.join(',\n')}\n    }`
}

function listText(name: string, items: readonly unknown[]): string {
  if (items.length === 0) return `      "${name}": []`
  return `      "${name}": [\n${items.map((item) => `        ${JSON.stringify(item)}`).join(',\n')}\n      ]`
}

/** Without the stack, which names files of one machine. */
function resultOf(result: NamedSummaryResult): BaselineResult {
  return result.status === 'ok' ? result : { name: result.name, status: 'error', message: result.error.message }
}

function recordsOf(scores: ExperimentScores, labels: readonly RecordLabel[]): BaselineRecord[] {
  const records = scores.keys.flatMap((key, place): BaselineRecord[] => {
    const state = scores.states[place]
    if (state !== recordStates.pass && state !== recordStates.fail) return []
    const latency = numberOrNull(scores.latencies[place])
    return [
      {
        key,
        contentHash: scores.contentHashes[place] ?? '',
        state,
        ...(latency === null ? {} : { latency: Math.round(latency * 1000) / 1000 }),
        values: labels.map(({ values }) => numberOrNull(values[place])),
        verdicts: labels.map(({ states }) => states[place] ?? recordStates.none).join(''),
      },
    ]
  })
  return records.sort((a, b) => compareTexts(a.key, b.key))
}

function numberOrNull(value = Number.NaN): number | null {
  return Number.isNaN(value) ? null : value
}

/** By code units: the same on every machine. */
function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/**
 * The experiments of a baseline file.
 * @throws LlmobsExpError `E_BASELINE` for a file that cannot be read or is none
 */
export async function readBaselineFile(path: string, source: string): Promise<ExperimentScores[]> {
  try {
    return await parseBaseline(await readFile(path, 'utf8'), source)
  } catch (cause) {
    if (cause instanceof LlmobsExpError) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new LlmobsExpError('E_BASELINE', `cannot read the baseline ${quoteText(source)}: ${reason}`, { cause })
  }
}

/**
 * The experiments in the text of a baseline file.
 * @param source how it was named, for messages and reports
 * @throws LlmobsExpError `E_BASELINE` for a text that is none
 */
export async function parseBaseline(text: string, source: string): Promise<ExperimentScores[]> {
  const { baselineSchema } = await import('./baseline-schema.ts')
  const parsed = parseJson(text)
  const [format, version] = [memberOf(parsed, 'format'), memberOf(parsed, 'v')]
  if (format === BASELINE_FILE_FORMAT && typeof version === 'number' && version > BASELINE_FILE_VERSION) {
    const message = `${quoteText(source)} has format ${version}, which a newer version of this tool wrote`
    throw new LlmobsExpError('E_BASELINE', message, { hint: 'update llmobs-exp to read it' })
  }
  const checked = baselineSchema.safeParse(parsed)
  if (checked.success) return checked.data.experiments.map((experiment) => scoresOf(experiment, source))
  const [issue] = checked.error.issues
  const where = issue === undefined ? '' : `: ${issue.path.join('.')}: ${issue.message}`
  throw new LlmobsExpError('E_BASELINE', `${quoteText(source)} is not a baseline file${where}`, {
    hint: 'write one with llmobs-exp baseline save <experiment> -o baseline.json',
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

function scoresOf({ labels, records, summaries, ...experiment }: BaselineExperiment, source: string): ExperimentScores {
  const { id: experimentId, name, runs, isComplete } = experiment
  return {
    experiment: { experimentId, name, runs, isComplete, source, records: records.length },
    keys: records.map(({ key }) => key),
    contentHashes: records.map(({ contentHash }) => contentHash),
    states: records.map(({ state }) => state).join(''),
    latencies: Float64Array.from(records, ({ latency = Number.NaN }) => latency),
    labels: labels.map(({ label, evaluator, type, ...coverage }, index) => ({
      label,
      evaluator,
      type,
      coverage,
      values: Float64Array.from(records, ({ values }) => values[index] ?? Number.NaN),
      states: records.map(({ verdicts }) => verdicts[index] ?? recordStates.none).join(''),
    })),
    summaries: summaries.map(({ iteration, results }) => ({
      iteration,
      results: results.map((result) =>
        result.status === 'ok'
          ? result
          : {
              name: result.name,
              status: result.status,
              error: { code: 'E_SUMMARY_EVALUATOR' as const, name: 'Error', message: result.message },
            },
      ),
    })),
    rows: () => Promise.resolve(new Map()),
  }
}
