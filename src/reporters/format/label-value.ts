import type { NamedSummaryResult } from '../../model/events.ts'
import type { Interval, LabelSummary, LabelValue } from '../../model/summary.ts'
import { sanitizeLine } from '../../terminal/sanitize.ts'
import { truncate } from '../../terminal/width.ts'
import { formatCount, formatNumber, formatPercent, percentDigits } from './number.ts'

const TOP_VALUES = 3
const VALUE_COLUMNS = 20

/** What a label came to, in one line: `84.2 % [81.0, 87.1]`. A rough interval has a `~` before it. */
export function formatLabelValue(label: LabelSummary): string {
  switch (label.type) {
    case 'boolean':
      return `${formatPercent(label.passRate)} ${formatInterval(label.interval, percentDigits)}`
    case 'score':
      return `${formatNumber(label.mean)} ${formatInterval(label.interval, formatNumber)}`
    case 'categorical':
      return formatShares(label, label.scored)
    case 'json':
      return 'JSON'
    case 'mixed':
      return `mixed types: ${formatTypeCounts(label.counts)}`
    case 'none':
      return '–'
  }
}

/** What a summary evaluator came to, in one line. */
export function formatSummaryValue(summary: NamedSummaryResult): string {
  if (summary.status === 'error') return `error: ${sanitizeLine(summary.error.message)}`
  switch (summary.type) {
    case 'boolean':
      return String(summary.value)
    case 'score':
      return formatNumber(summary.value)
    case 'categorical':
    case 'json':
      return sanitizeLine(summary.value)
  }
}

export function isRough(label: LabelSummary): boolean {
  return (label.type === 'boolean' || label.type === 'score') && label.scored > 0 && label.interval.rough
}

function formatInterval({ low, high, rough }: Interval, format: (value: number) => string): string {
  if (isUnbounded(low) || isUnbounded(high)) return '[no interval]'
  return `${rough ? '~' : ''}[${format(low)}, ${format(high)}]`
}

/** The largest number stands for infinity. */
function isUnbounded(end: number): boolean {
  return !(Math.abs(end) < Number.MAX_VALUE)
}

function formatShares({ counts, otherCount }: Extract<LabelValue, { type: 'categorical' }>, scored: number): string {
  const top = counts.slice(0, TOP_VALUES)
  const shares = top.map(({ value, count }) => `${categoryName(value)} ${formatPercent(count / scored)}`)
  const others = counts.length - top.length
  if (otherCount > 0) shares.push('others')
  else if (others > 0) shares.push(`${formatCount(others, 'other')}`)
  return shares.join(', ')
}

function categoryName(value: string): string {
  return value.trim() === '' ? JSON.stringify(value) : truncate(sanitizeLine(value.slice(0, 1000)), VALUE_COLUMNS)
}

function formatTypeCounts(counts: { readonly [type: string]: number }): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([type, count]) => `${formatNumber(count)} ${type}`)
    .join(', ')
}
