import type { Comparison, FlippedRecord } from '../../../model/comparison.ts'
import type { Row } from '../../../model/row.ts'
import { formatCount, formatNumber } from '../number.ts'
import type { Section } from './section.ts'
import { code, codeCell, tableHead, tableRow } from './text.ts'

const KEY_COLUMNS = 80
const CELL_COLUMNS = 120

const kinds: { readonly [K in FlippedRecord['kind']]: string } = {
  broken: '❌ broken',
  fixed: '✅ fixed',
  'still-failing': '· still failing',
}

/** Records that came out otherwise than in the baseline, broken ones first, and what could not be compared. */
export function comparisonSections(comparison: Comparison): Section[] {
  const { baseline, counts, records, pairing } = comparison
  const counted = `${counts.broken} broken, ${counts.fixed} fixed, ${counts.stillFailing} still failing`
  const total = counts.broken + counts.fixed + counts.stillFailing
  const title = `#### Against ${code(baseline.source)}: ${counted}, of ${formatCount(pairing.paired, 'record')} on both sides\n\n`
  const head = tableHead((['', 'record', 'input', 'expected', 'before', 'now'] as const).map((name) => [name, 'left']))
  const more = code(`llmobs-exp compare ${baseline.experimentId} ${comparison.candidate.experimentId}`)
  const others = Math.max(total - records.length, 0)
  return [
    { head: title, rows: ['\n'], foot: '', others: 0, more: '' },
    ...(records.length === 0 ? [] : [{ head, rows: records.map(flippedRow), foot: '\n', others, more }]),
    ...unpairedSections(comparison),
  ]
}

function flippedRow({ kind, key, baseline, candidate }: FlippedRecord): string {
  const record = (candidate ?? baseline)?.record
  return tableRow([
    kinds[kind],
    codeCell(key, KEY_COLUMNS),
    ...[record?.input ?? '', record?.expectedOutput ?? '', outputOf(baseline), outputOf(candidate)].map((text) =>
      codeCell(text, CELL_COLUMNS),
    ),
  ])
}

function outputOf(row: Row | undefined): string {
  if (row?.task === undefined) return ''
  return row.task.status === 'ok' ? row.task.output : `${row.task.status}: ${row.task.error.message}`
}

function unpairedSections({ pairing }: Comparison): Section[] {
  const parts = [
    [pairing.changed, 'with other content'],
    [pairing.onlyInBaseline, 'only in the baseline'],
    [pairing.onlyInCandidate, 'not in the baseline'],
  ] as const
  const rows = parts.flatMap(([{ count, keys }, what]) =>
    count === 0
      ? []
      : [
          `- ${formatNumber(count)} ${what}: ${keys
            .slice(0, 5)
            .map((key) => code(key, KEY_COLUMNS))
            .join(', ')}\n`,
        ],
  )
  return rows.length === 0 ? [] : [{ head: 'Not compared:\n\n', rows, foot: '\n', others: 0, more: '' }]
}
