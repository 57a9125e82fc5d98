import type { LabelComparison } from '../../model/comparison.ts'
import type { ExperimentInfo } from '../../model/ports.ts'
import type { Row } from '../../model/row.ts'
import type { ExperimentSummary, Latency, RowCounts, RunSummary, SlowTask } from '../../model/summary.ts'
import { sanitizeLine } from '../../terminal/sanitize.ts'
import { displayWidth, truncate } from '../../terminal/width.ts'
import { excerpt } from '../../terminal/wrap.ts'
import { changesOf } from './compare/change.ts'
import { formatDuration, formatThroughput } from './duration.ts'
import { renderErrorGroups } from './error-groups.ts'
import { renderFailingRows } from './failing-rows.ts'
import { renderLabelTable } from './label-table.ts'
import { formatCount, formatNumber } from './number.ts'
import { renderStability } from './stability.ts'
import type { Style } from './style.ts'

const MAX_LINES = 5
/** A task that is over sooner is not worth a line. */
const SLOW_MS = 1000
const MAX_SLOW = 3

export interface RunSummaryInput {
  readonly info: ExperimentInfo
  readonly run: RunSummary
  /** Whether the run came to its end. */
  readonly isComplete: boolean
  /** The first of the rows that failed or did not pass. */
  readonly failingRows: readonly Row[]
  /** How its labels do beside a baseline; empty where there is none. */
  readonly labels: readonly LabelComparison[]
}

/** Everything about one run, for people. */
export function renderRunSummary(
  { info, run, isComplete, failingRows, labels }: RunSummaryInput,
  style: Style,
): string {
  const title = info.runs === 1 ? info.name : `${info.name} · run ${run.iteration} of ${info.runs}`
  return joinParts([
    renderTitle(isComplete ? title : `${title} · not complete`, style),
    renderCounts(run, style, run.slowest),
    renderQuarantine(run, info, style),
    renderLabelTable({ ...run, changes: changesOf(labels) }, style),
    renderFailingRows(
      {
        rows: failingRows,
        runs: info.runs,
        total: run.failingCount,
        quarantined: new Set(info.quarantine?.map(({ record }) => record)),
        more: `llmobs-exp show ${info.experimentId} --rows failing`,
      },
      style,
    ),
    renderErrorGroups(run, info, style),
  ])
}

export interface AllRunsInput extends Pick<RunSummaryInput, 'info' | 'labels'> {
  readonly summary: ExperimentSummary
}

/** The table over all runs together. */
export function renderAllRuns({ info, summary, labels: compared }: AllRunsInput, style: Style): string {
  return joinParts([
    renderTitle(`${info.name} · all ${formatNumber(info.runs)} runs`, style),
    renderCounts(summary, style),
    renderLabelTable({ labels: summary.labels, summaries: [], changes: changesOf(compared) }, style),
    renderStability(summary.labels, style),
  ])
}

/** @example '1,000 rows: 990 ok, 10 error' */
function formatRowCounts(rows: RowCounts): string {
  const { ok, error, timeout, skipped, cancelled, pending } = rows
  const counts = Object.entries({ ok, error, timeout, skipped, cancelled, pending })
  const total = counts.reduce((sum, [, count]) => sum + count, 0)
  const present = counts.filter(([status, count]) => count > 0 || status === 'ok')
  return `${formatCount(total, 'row')}: ${present.map(([status, count]) => `${formatNumber(count)} ${status}`).join(', ')}`
}

/** @example 'in quarantine, and in no number below: ticket-17 (the judge is undecided)' */
function renderQuarantine(
  { quarantinedRows = 0 }: RunSummary,
  { quarantine = [] }: ExperimentInfo,
  style: Style,
): string {
  if (quarantinedRows === 0) return ''
  const listed = quarantine.map(({ record, reason }) => `${sanitizeLine(record)} (${sanitizeLine(reason)})`)
  const text = `${formatCount(quarantinedRows, 'row')} in quarantine, in no number below: ${listed.join(', ')}`
  return excerpt(text, { columns: style.columns, lines: MAX_LINES }).join('\n')
}

interface Times {
  readonly rows: RowCounts
  readonly durationMs: number
  readonly taskLatency?: Latency
}

function renderCounts(times: Times, { columns }: Style, slowest: readonly SlowTask[] = []): string {
  const lines = [formatRowCounts(times.rows), formatTimes(times)]
  const wrapped = lines.flatMap((line) => excerpt(line, { columns, lines: MAX_LINES }))
  return [...wrapped, ...formatSlowest(slowest, columns)].join('\n')
}

function formatTimes({ rows, durationMs, taskLatency }: Times): string {
  const done = rows.ok + rows.error + rows.timeout
  const times = [formatDuration(durationMs), formatThroughput(done, durationMs)]
  if (taskLatency !== undefined) {
    times.push(`task p50 ${formatDuration(taskLatency.p50)}`, `p95 ${formatDuration(taskLatency.p95)}`)
  }
  return times.join(', ')
}

/** In one line where that is wide enough; nothing where every task is over soon. @example ['slowest: 41.2 s t-17, 12.8 s t-9'] */
function formatSlowest(slowest: readonly SlowTask[], columns: number): string[] {
  const slow = slowest.filter(({ durationMs }) => durationMs >= SLOW_MS).slice(0, MAX_SLOW)
  if (slow.length === 0) return []
  const named = slow.map(({ key, durationMs }) => `${formatDuration(durationMs)} ${sanitizeLine(key)}`)
  const oneLine = `slowest: ${named.join(', ')}`
  return displayWidth(oneLine) <= columns
    ? [oneLine]
    : ['slowest:', ...named.map((name) => `  ${truncate(name, columns - 2)}`)]
}

function renderTitle(title: string, { colors, columns }: Style): string {
  return colors.bold(truncate(sanitizeLine(title), columns))
}

function joinParts(parts: readonly string[]): string {
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}
