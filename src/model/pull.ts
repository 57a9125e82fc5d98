import type { GitInfo } from './backend.ts'
import type { ErrorInfo } from './errors.ts'
import type { LabelledEvaluation } from './evaluation.ts'
import type { CallTiming, NamedSummaryResult, TaskResult } from './events.ts'
import type { Json } from './json.ts'
import type { Outcome } from './outcome.ts'

/** Where an experiment of the store came from that was not run here. */
export interface PulledFrom {
  /** Such as `datadog`. */
  readonly backend: string
  /** Where that is, for people: `datadoghq.com`. */
  readonly place: string
  /** The backend's id of it. */
  readonly id: string
  /** Where people look at it there. */
  readonly link: string
  /** When it was pulled, ISO 8601. */
  readonly at: string
}

/** An experiment as a backend tells of it, in the words of this tool. What it does not tell is absent. */
export interface PulledExperiment {
  readonly from: Omit<PulledFrom, 'at'>
  /** With the variant. */
  readonly name: string
  readonly variant?: string
  readonly project?: string
  readonly description?: string
  readonly config: Json
  readonly tags: { readonly [key: string]: string }
  readonly dataset?: string
  readonly git?: GitInfo
  /** How many runs it was to have, from 1. */
  readonly runs: number
  readonly sampleSize?: number
  /** Epoch milliseconds at which it was made. */
  readonly createdAt?: number
  /** The id under which this tool ran it. */
  readonly localId?: string
  /** Whether everything that came of its rows is there: an evaluator that says nothing of a row was skipped then. */
  readonly isWhole: boolean
  readonly outcome: Outcome
}

/** Some of its rows, in no order, and summaries of any of its runs; these may come again with later pages. */
export interface PulledPage {
  readonly rows: readonly PulledRow[]
  readonly summaries: readonly PulledSummary[]
}

/** The run that something belongs to, as far as its tags say. */
export interface PulledRun {
  readonly runId?: string
  readonly iteration?: number
}

export interface PulledRow {
  /** Tells a row that comes twice from one that is there twice; empty where it has none. */
  readonly spanId: string
  readonly run: PulledRun
  readonly record: PulledRecord
  readonly task: TaskResult & PulledTiming
  readonly evaluations: readonly PulledEvaluation[]
}

export interface PulledRecord {
  /** Absent where the row does not name its record. */
  readonly key?: string
  readonly input: Json
  readonly expectedOutput?: Json
  readonly metadata?: Json
  readonly tags: readonly string[]
}

export interface PulledTiming extends Pick<CallTiming, 'durationMs' | 'attempts'> {
  /** Epoch milliseconds; absent where the row does not tell it. */
  readonly startedAt?: number
}

export type PulledEvaluation = {
  readonly evaluator: string
  /** Epoch milliseconds. */
  readonly at: number
} & PulledResult

type PulledResult =
  | { readonly status: 'ok'; readonly evaluations: readonly LabelledEvaluation[] }
  | { readonly status: 'skipped'; readonly reason: 'not-applicable' }
  | { readonly status: 'error' | 'timeout'; readonly error: ErrorInfo }

export interface PulledSummary {
  readonly run: PulledRun
  /** Epoch milliseconds. */
  readonly at: number
  readonly result: NamedSummaryResult
}

/**
 * The id that a backend has given an experiment, of itself or of the link to it; undefined for what is neither.
 * @example backendIdOf('https://app.datadoghq.com/llm/experiments/ec6d3a8c?tab=1') // 'ec6d3a8c'
 */
export function backendIdOf(text: string): string | undefined {
  const link = /^https?:\/\/[^?#]*\/experiments\/([^/?#]+)/i.exec(text)
  const id = link?.[1] ?? text
  return /^[\w.:-]{1,200}$/.test(id) && !/^\.+$/.test(id) ? id : undefined
}
