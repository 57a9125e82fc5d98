import type { ExperimentInfo, Progress } from '../../model/ports.ts'
import type { Colors } from '../../terminal/colors.ts'
import { sanitizeLine } from '../../terminal/sanitize.ts'
import { displayWidth, truncate } from '../../terminal/width.ts'
import { formatClock } from './duration.ts'
import { formatCount, formatNumber } from './number.ts'
import type { Style } from './style.ts'

const BAR_COLUMNS = 24
const MIN_COLUMNS_FOR_BAR = 60
const MAX_MEANS = 4
const SPINNER_COLUMNS = 2

/** The live area's lines, none wider than the terminal less the spinner's place. */
export function renderLiveProgress(info: ExperimentInfo, progress: Progress, { colors, columns }: Style): string {
  // One column stays free: some terminals wrap when the last one is filled.
  const width = Math.max(columns - 1 - SPINNER_COLUMNS, 1)
  const name = truncate(sanitizeLine(info.name), Math.max(Math.floor(width / 2), 1))
  const head = renderHead(name, progress, { colors, columns: width })
  const details = [formatMeans(progress), formatCalls(progress)].filter((line) => line !== '')
  return [head, ...details.map((line) => colors.dim(`  ${truncate(line, width - 2)}`))].join('\n')
}

/** One line for where nothing can be drawn over. @example 'triage: 420 of 1,000 rows (42 %), 3 rows with errors, 14 s, 20 s left' */
export function formatMilestone(info: ExperimentInfo, progress: Progress): string {
  const { rowsDone, rowsPlanned, rowsWithErrors, elapsedMs } = progress
  const rows =
    rowsPlanned === undefined
      ? formatCount(rowsDone, 'row')
      : `${formatNumber(rowsDone)} of ${formatCount(rowsPlanned, 'row')} (${wholePercent(rowsDone, rowsPlanned)})`
  const left = remainingMs(progress)
  const parts = [
    rows,
    ...(rowsWithErrors > 0 ? [`${formatCount(rowsWithErrors, 'row')} with errors`] : []),
    ...formatExpired(progress),
    formatClock(elapsedMs),
    ...(left === undefined ? [] : [`${formatClock(left)} left`]),
  ]
  return `${sanitizeLine(info.name)}: ${parts.join(', ')}`
}

/** What is known when an experiment starts. @example 'triage: 1,000 rows, 10 jobs' */
export function formatStart(info: ExperimentInfo, progress: Progress): string {
  const rows = progress.rowsPlanned === undefined ? info.dataset.description : formatCount(progress.rowsPlanned, 'row')
  const runs = info.runs > 1 ? [formatCount(info.runs, 'run')] : []
  return `${sanitizeLine(info.name)}: ${[sanitizeLine(rows), ...runs, formatCount(info.jobs, 'job')].join(', ')}`
}

function renderHead(name: string, progress: Progress, { colors, columns }: Style): string {
  const counted = formatCounted(progress)
  const bar = columns >= MIN_COLUMNS_FOR_BAR ? renderBar(progress, colors) : ''
  const line = [name, bar, counted].filter((part) => part !== '').join('  ')
  if (displayWidth(line) <= columns) return line.replace(name, () => colors.bold(name))
  return truncate(`${name}  ${counted}`, columns)
}

function formatCounted(progress: Progress): string {
  const { rowsDone, rowsPlanned } = progress
  if (rowsPlanned === undefined) return formatCount(rowsDone, 'row')
  const left = remainingMs(progress)
  const eta = left === undefined ? '' : `  ETA ${formatClock(left)}`
  return `${formatNumber(rowsDone)}/${formatNumber(rowsPlanned)}  ${wholePercent(rowsDone, rowsPlanned)}${eta}`
}

function renderBar({ rowsDone, rowsPlanned }: Progress, colors: Colors): string {
  if (rowsPlanned === undefined || rowsPlanned === 0) return ''
  const filled = Math.min(Math.floor((rowsDone / rowsPlanned) * BAR_COLUMNS), BAR_COLUMNS)
  return colors.green('━'.repeat(filled)) + colors.dim('─'.repeat(BAR_COLUMNS - filled))
}

function formatMeans({ means }: Progress): string {
  return means
    .slice(0, MAX_MEANS)
    .map(({ label, mean }) => `${sanitizeLine(label)} ${formatNumber(Number(mean.toPrecision(3)))}`)
    .join('  ')
}

function formatCalls(progress: Progress): string {
  const { callsInFlight, rowsWithErrors, elapsedMs } = progress
  const errors = rowsWithErrors > 0 ? [`${formatCount(rowsWithErrors, 'row')} with errors`] : []
  return [
    formatClock(elapsedMs),
    `${formatCount(callsInFlight, 'call')} in flight`,
    ...errors,
    ...formatExpired(progress),
  ].join(' · ')
}

function formatExpired({ expiredCalls }: Progress): string[] {
  return expiredCalls > 0 ? [`${formatCount(expiredCalls, 'expired call')} still running`] : []
}

function wholePercent(done: number, planned: number): string {
  return planned === 0 ? '100 %' : `${Math.floor((done / planned) * 100)} %`
}

function remainingMs({ rowsDone, rowsPlanned, elapsedMs }: Progress): number | undefined {
  if (rowsPlanned === undefined || rowsDone === 0 || rowsDone >= rowsPlanned) return undefined
  return (elapsedMs / rowsDone) * (rowsPlanned - rowsDone)
}
