import type { ExperimentInfo, ExperimentOutcome } from '../../../model/ports.ts'
import type { Row } from '../../../model/row.ts'
import type { ExperimentSummary } from '../../../model/summary.ts'
import { cutText } from '../cut.ts'
import { formatDuration } from '../duration.ts'
import { formatCount, formatNumber } from '../number.ts'
import { outcomeReasons } from '../outcome.ts'
import { renderReproduce } from '../reproduce.ts'
import { describeVerdicts, reasonsOf } from '../row-facts.ts'
import { comparisonSections } from './comparison.ts'
import { numberSections } from './numbers.ts'
import type { Section } from './section.ts'
import { code, codeBlock, codeCell, tableHead, tableRow } from './text.ts'

export interface ReportedExperiment {
  readonly experiment: ExperimentOutcome
  /** Absent for one that was not started. */
  readonly summary?: ExperimentSummary
  /** The first of the rows that failed or did not pass, of all runs. */
  readonly failing: readonly Row[]
}

const marks = { passed: '✅', failed: '❌', stopped: '⛔' } as const
const NAME_COLUMNS = 80
const CELL_COLUMNS = 120
/** Lines that run failing records again. */
const MAX_LINES = 5
const MAX_LINE = 500

/** @example '✅ passed `capitals`' */
export function headline({ info, outcome }: ExperimentOutcome): string {
  return `${marks[outcome.status]} **${outcome.status}** ${code(info.name, NAME_COLUMNS)}`
}

/** Everything there is to say of one experiment, what matters most first. */
export function experimentSections(reported: ReportedExperiment): Section[] {
  const { experiment, summary } = reported
  const { comparison } = experiment
  return [
    titleSection(experiment),
    ...(comparison === undefined ? [] : comparisonSections(comparison)),
    ...numberSections(experiment, summary),
    ...failingSections(reported),
    ...errorSections(reported),
    closingSection(experiment, summary),
  ]
}

function titleSection(experiment: ExperimentOutcome): Section {
  const { outcome } = experiment
  const rows = outcomeReasons(outcome).map((reason) => `- ${code(reason, 400)}\n`)
  const head = `### ${headline(experiment)}\n\n`
  return { head, rows: rows.length === 0 ? ['Complete, and nothing missed.\n'] : rows, foot: '\n', others: 0, more: '' }
}

function failingSections({ experiment, summary, failing }: ReportedExperiment): Section[] {
  const { info } = experiment
  const total = (summary?.runs ?? []).reduce((sum, run) => sum + run.failingCount, 0)
  if (total === 0) return []
  const columns = (['row', 'input', 'expected', 'output', 'why'] as const).map((name) => [name, 'left'] as const)
  return [
    {
      head: `<details><summary>${formatCount(total, 'row')} failed or did not pass</summary>\n\n${tableHead(columns)}`,
      rows: failing.map((row) => failingRow(row, info.runs)),
      foot: `\n${reproduceBlock(info, failing)}</details>\n\n`,
      others: Math.max(total - failing.length, 0),
      more: code(`llmobs-exp show ${info.experimentId} --rows failing`),
    },
  ]
}

function reproduceBlock(info: ExperimentInfo, failing: readonly Row[]): string {
  const keys = [...new Set(failing.map(({ key }) => key))].slice(0, MAX_LINES)
  if (keys.length === 0 || info.pulled !== undefined) return ''
  return `${codeBlock(
    keys.map((key) => cutText(renderReproduce(info, key), MAX_LINE)),
    'sh',
  )}\n`
}

function failingRow(row: Row, runs: number): string {
  const { record, task } = row
  const output = task?.status === 'ok' ? task.output : ''
  const error = task === undefined || task.status === 'ok' ? [] : [`${task.error.name}: ${task.error.message}`]
  const why = [...describeVerdicts(row), ...error, ...reasonsOf(row).map(([name, text]) => `${name}: ${text}`)]
  return tableRow([
    codeCell(row.key, NAME_COLUMNS) + (runs > 1 ? ` run ${row.iteration}` : ''),
    ...[record.input, record.expectedOutput ?? '', output].map((text) => codeCell(text, CELL_COLUMNS)),
    codeCell(why.join(' · '), CELL_COLUMNS * 2),
  ])
}

/** Errors grouped by message, each with the line that reproduces one. */
function errorSections({ experiment, summary }: ReportedExperiment): Section[] {
  const { info } = experiment
  const groups = (summary?.runs ?? []).flatMap(({ errors }) => errors)
  if (groups.length === 0) return []
  const rows = groups.map(({ where, error, count, exampleKey }) => {
    const place = where === 'task' ? 'task' : `evaluator ${where.evaluator}`
    const text = code(`${place}: ${error.name}: ${error.message} (${error.code})`, 400)
    const line = info.pulled === undefined ? `\n${codeBlock([renderReproduce(info, exampleKey)], 'sh')}` : ''
    return `${formatNumber(count)} × ${text}\n${line}\n`
  })
  return [{ head: '#### Errors\n\n', rows, foot: '', others: 0, more: '' }]
}

function closingSection({ info, delivery }: ExperimentOutcome, summary: ExperimentSummary | undefined): Section {
  const p50 = summary?.taskLatency === undefined ? '' : `, task p50 ${formatDuration(summary.taskLatency.p50)}`
  const times = summary === undefined ? [] : [`${formatDuration(summary.durationMs)}${p50}\n`]
  const place = delivery === undefined ? [] : [`${delivery.status} to ${code(delivery.place)}\n`]
  const link = delivery?.link === undefined ? [] : [`${code(delivery.link, 400)}\n`]
  return {
    head: '',
    rows: [...times, ...place, ...link, `stored as ${code(info.experimentId)}\n`],
    foot: '\n',
    others: 0,
    more: '',
  }
}
