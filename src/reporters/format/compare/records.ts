import type { Comparison, FlippedRecord } from '../../../model/comparison.ts'
import type { Row } from '../../../model/row.ts'
import { sanitizeLine } from '../../../terminal/sanitize.ts'
import { truncate } from '../../../terminal/width.ts'
import { renderRow } from '../failing-rows.ts'
import { formatCount, formatNumber } from '../number.ts'
import { renderReproduce } from '../reproduce.ts'
import type { Style } from '../style.ts'

type Kind = FlippedRecord['kind']

const kinds: readonly Kind[] = ['broken', 'fixed', 'still-failing']

/** Shown at most: what broke is what has to be looked at. */
const limits: { readonly [K in Kind]: number } = { broken: 10, fixed: 5, 'still-failing': 3 }

const titles: { readonly [K in Kind]: string } = {
  broken: 'broken: passed before, fail now',
  fixed: 'fixed: failed before, pass now',
  'still-failing': 'still failing',
}

/** Records that changed sides or fail on both: what went in, what was expected, what comes out now and came out before. */
export function renderRecords(comparison: Comparison, style: Style): string {
  return kinds
    .map((kind) => renderKind(kind, comparison, style))
    .filter((part) => part !== '')
    .join('\n\n')
}

function renderKind(kind: Kind, comparison: Comparison, style: Style): string {
  const total = countOf(kind, comparison)
  if (total === 0) return ''
  const { colors, columns } = style
  const records = comparison.records.filter((record) => record.kind === kind).slice(0, limits[kind])
  const hidden = total - records.length
  return [
    colors.bold(truncate(`${formatCount(total, 'record')} ${titles[kind]}`, columns)),
    ...records.map((record) => renderRecord(record, comparison, style)),
    ...(hidden > 0 ? [colors.dim(`  and ${formatNumber(hidden)} more`)] : []),
  ].join('\n')
}

function countOf(kind: Kind, { counts }: Comparison): number {
  return kind === 'still-failing' ? counts.stillFailing : counts[kind]
}

function renderRecord(record: FlippedRecord, { candidate }: Comparison, style: Style): string {
  const { key, baseline: before, candidate: after } = record
  const { file, name, runs } = candidate
  const shown = after ?? before
  const notes = before === undefined ? [] : ([['before', resultOf(before)]] as const)
  // Not cut: it is there to be copied.
  const command = file === undefined || record.kind === 'fixed' ? [] : [`    ${renderReproduce({ file, name }, key)}`]
  const row =
    shown === undefined
      ? truncate(`  ${sanitizeLine(key)} (its row cannot be read back)`, style.columns)
      : renderRow(shown, { ...style, runs, notes })
  return [row, ...command.map(style.colors.dim)].join('\n')
}

function resultOf({ task, status }: Row): string {
  if (task === undefined) return status
  return task.status === 'ok' ? task.output : `${task.status}: ${task.error.message}`
}
