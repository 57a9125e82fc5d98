import type { ExperimentInfo } from '../../model/ports.ts'
import type { Progress, RunningMean } from '../../model/progress.ts'
import type { Coverage } from '../../model/summary.ts'
import type { Colors } from '../../terminal/colors.ts'
import { sanitizeLine } from '../../terminal/sanitize.ts'
import { displayWidth, truncate } from '../../terminal/width.ts'
import { formatClock } from './duration.ts'
import { formatCount, formatNumber, formatPercent } from './number.ts'
import type { Style } from './style.ts'

const BAR_COLUMNS = 24
const MIN_COLUMNS_FOR_BAR = 60
const MAX_MEANS = 4
const SPINNER_COLUMNS = 2
const MIN_LABEL_COLUMNS = 8

/** The live area's lines, none wider than the terminal less the spinner's place. */
export function renderLiveProgress(info: ExperimentInfo, progress: Progress, style: Style): string {
  const { colors, columns } = style
  // One column stays free: some terminals wrap when the last one is filled.
  const width = Math.max(columns - 1 - SPINNER_COLUMNS, 1)
  const means = progress.means.slice(0, MAX_MEANS).map((mean) => formatMean(mean, width - 2))
  const details = [joinFitting(means, '  ', width - 2), joinFitting(formatCalls(progress), ' · ', width - 2)]
  return [
    renderHead(sanitizeLine(info.name), progress, { ...style, columns: width }),
    ...details.filter((line) => line !== '').map((line) => colors.dim(`  ${line}`)),
  ].join('\n')
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
    ...(left === undefined ? [] : [`${formatRemaining(left)} left`]),
  ]
  return `${sanitizeLine(info.name)}: ${parts.join(', ')}`
}

/** What is known when an experiment starts. @example 'triage: 1,000 rows, 10 jobs' */
export function formatStart(info: ExperimentInfo, progress: Progress): string {
  const rows = progress.rowsPlanned === undefined ? info.dataset.description : formatCount(progress.rowsPlanned, 'row')
  const done = progress.rowsDone === 0 ? [] : [`${formatNumber(progress.rowsDone)} of them done`]
  const runs = info.runs > 1 ? [formatCount(info.runs, 'run')] : []
  const parts = [sanitizeLine(rows), ...done, ...runs, formatCount(info.jobs, 'job')]
  return `${sanitizeLine(info.name)}: ${parts.join(', ')}`
}

function renderHead(name: string, progress: Progress, { colors, columns }: Style): string {
  const short = truncate(name, Math.max(Math.floor(columns / 2), 1))
  const share = formatShare(progress)
  const counted = formatCounted(progress)
  const left = remainingMs(progress)
  const timed = left === undefined ? counted : `${counted}  ETA ${formatRemaining(left)}`
  const bars =
    columns >= MIN_COLUMNS_FOR_BAR ? [`${renderBar(progress.rowsDone, progress.rowsPlanned, colors)}${timed}`] : []
  const rest = [...bars, timed, counted, share].find((text) => displayWidth(`${short}  ${text}`) <= columns)
  return rest === undefined ? truncate(share, columns) : `${colors.bold(short)}  ${rest}`
}

function formatShare({ rowsDone, rowsPlanned }: Progress): string {
  return rowsPlanned === undefined ? formatNumber(rowsDone) : wholePercent(rowsDone, rowsPlanned)
}

function formatCounted(progress: Progress): string {
  const { rowsDone, rowsPlanned } = progress
  if (rowsPlanned === undefined) return formatCount(rowsDone, 'row')
  return `${formatNumber(rowsDone)}/${formatNumber(rowsPlanned)}  ${formatShare(progress)}`
}

/** Empty where it is not known how much there is. */
export function renderBar(done: number, planned: number | undefined, colors: Colors): string {
  if (planned === undefined || planned === 0) return ''
  const filled = Math.min(Math.floor((done / planned) * BAR_COLUMNS), BAR_COLUMNS)
  return `${colors.green('━'.repeat(filled))}${colors.dim('─'.repeat(BAR_COLUMNS - filled))}  `
}

/** @example 'correct 97.6 % (120 scored, 2 errored)'; where that is too wide 'correct 97.6 % (120/2/0)' */
function formatMean({ label, mean, isRate, ...coverage }: RunningMean, columns: number): string {
  const name = truncate(sanitizeLine(label), Math.max(Math.floor(columns / 2), MIN_LABEL_COLUMNS))
  const value = isRate ? formatPercent(mean) : formatNumber(Number(mean.toPrecision(3)))
  const { scored, errored, skipped } = coverage
  const long = `${name} ${value} (${formatCoverage(coverage)})`
  return displayWidth(long) <= columns ? long : `${name} ${value} (${scored}/${errored}/${skipped})`
}

function formatCoverage({ scored, errored, skipped }: Coverage): string {
  const missing = [
    ...(errored > 0 ? [`${formatNumber(errored)} errored`] : []),
    ...(skipped > 0 ? [`${formatNumber(skipped)} skipped`] : []),
  ]
  return [`${formatNumber(scored)} scored`, ...missing].join(', ')
}

function formatCalls(progress: Progress): string[] {
  const { callsInFlight, rowsWithErrors, elapsedMs } = progress
  return [
    formatClock(elapsedMs),
    `${formatCount(callsInFlight, 'call')} in flight`,
    ...(rowsWithErrors > 0 ? [`${formatCount(rowsWithErrors, 'row')} with errors`] : []),
    ...formatExpired(progress),
  ]
}

/** As many parts, from the first on, as fit. */
function joinFitting(parts: readonly string[], separator: string, columns: number): string {
  let line = ''
  for (const part of parts) {
    const longer = line === '' ? part : line + separator + part
    if (displayWidth(longer) > columns) break
    line = longer
  }
  return line
}

function formatExpired({ expiredCalls }: Progress): string[] {
  return expiredCalls > 0 ? [`${formatCount(expiredCalls, 'expired call')} still running`] : []
}

function wholePercent(done: number, planned: number): string {
  return planned === 0 ? '100 %' : `${Math.floor((done / planned) * 100)} %`
}

/** Never 0 s while something is left. */
function formatRemaining(milliseconds: number): string {
  return formatClock(Math.max(milliseconds, 1000))
}

function remainingMs({ rowsDone, rowsPlanned, elapsedMs }: Progress): number | undefined {
  if (rowsPlanned === undefined || rowsDone === 0 || rowsDone >= rowsPlanned) return undefined
  return (elapsedMs / rowsDone) * (rowsPlanned - rowsDone)
}
