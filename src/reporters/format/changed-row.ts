import type { RowChange } from '../../model/changes.ts'
import { type Row, type Verdict, verdictsOf } from '../../model/row.ts'
import { displayWidth, truncate } from '../../terminal/width.ts'
import { excerpt } from '../../terminal/wrap.ts'
import type { Style } from './style.ts'

const MARGIN = 4
const GAP = '  '
const MAX_COLUMNS = 160
/** Narrower than this only the key and what has changed are told. */
const MIN_WIDE_COLUMNS = 60
/** From here on there is room for the evaluators that changed their minds beside the outputs. */
const MIN_VERDICT_COLUMNS = 110
/** However little room there is. */
const MIN_PART_COLUMNS = 3
const MAX_VERDICTS = 3

interface Part {
  readonly text: string
  /** How much of the line it gets where not everything fits, against the others. */
  readonly weight: number
}

export interface RowChangeStyle extends Style {
  /** Whether the run is named beside the key. */
  readonly withRuns: boolean
}

/** One row in one line: its key, what went in, what was expected, and what came out before and now. */
export function renderRowChange(change: RowChange, { colors, columns, withRuns }: RowChangeStyle): string {
  const width = Math.max(Math.min(columns, MAX_COLUMNS) - MARGIN, MIN_PART_COLUMNS)
  const key = part(withRuns ? `${change.key} · run ${change.iteration}` : change.key, { width, weight: 3 })
  const isWide = columns >= MIN_WIDE_COLUMNS
  const parts = [...(isWide ? recordParts(change, width) : []), ...changeParts(change, width)]
  const [first = '', ...others] = shareOut([key, ...parts], width)
  return `${' '.repeat(MARGIN)}${[colors.cyan(first), ...others].join(GAP)}`
}

function recordParts({ before, after }: RowChange, width: number): Part[] {
  const record = (after ?? before)?.record
  if (record === undefined) return []
  const { input, expectedOutput } = record
  const expected =
    expectedOutput === undefined ? [] : [part(`expected ${head(expectedOutput, width)}`, { width, weight: 4 })]
  return [part(input, { width, weight: 6 }), ...expected]
}

function changeParts({ kind, before, after }: RowChange, width: number): Part[] {
  if (kind === 'removed') return []
  if (after === undefined) return [part('(cannot be read back)', { width, weight: 4 })]
  const now = resultOf(after)
  if (before === undefined) return [part(kind === 'new' ? now : `… → ${head(now, width)}`, { width, weight: 7 })]
  const then = resultOf(before)
  const verdicts = describeVerdicts(before, after)
  const isOtherRecord = before.record.contentHash !== after.record.contentHash
  const notes = [...(isOtherRecord ? ['other record'] : []), ...verdicts]
  if (then === now) return [part(now, { width, weight: 5 }), ...notes.map((note) => part(note, { width, weight: 4 }))]
  const outputs = [part(then, { width, weight: 5 }), part(`→ ${head(now, width)}`, { width, weight: 5 })]
  return width < MIN_VERDICT_COLUMNS ? outputs : [...outputs, ...notes.map((note) => part(note, { width, weight: 4 }))]
}

function resultOf({ task, status }: Row): string {
  if (task === undefined) return status
  return task.status === 'ok' ? task.output : `${task.status}: ${task.error.message}`
}

/** @example ['exact pass → fail'] */
function describeVerdicts(before: Row, after: Row): string[] {
  const old = verdictsOf(before)
  const changed = [...verdictsOf(after)].filter(([label, verdict]) => {
    const was = old.get(label)
    return was !== undefined && was !== verdict
  })
  const texts = changed.slice(0, MAX_VERDICTS).map(([label, verdict]) => describe(label, old.get(label), verdict))
  return changed.length > MAX_VERDICTS ? [...texts, '…'] : texts
}

function describe(label: string, before: Verdict | undefined, after: Verdict): string {
  return `${label} ${before} → ${after}`
}

function part(text: string, { width, weight }: { readonly width: number; readonly weight: number }): Part {
  return { text: head(text, width), weight }
}

/** The beginning of untrusted text, made safe, on one line. */
function head(text: string, columns: number): string {
  return excerpt(text, { columns, lines: 1 })[0] ?? ''
}

/** Cuts parts so that all of them fit: short ones stay whole, the others share what is left by their weights. */
function shareOut(parts: readonly Part[], width: number): string[] {
  const room = width - GAP.length * (parts.length - 1)
  const widths = parts.map(({ text }) => displayWidth(text))
  const limits = new Map<number, number>()
  for (;;) {
    const open = parts.flatMap(({ weight }, index) => (limits.has(index) ? [] : [{ index, weight }]))
    const left = room - [...limits.values()].reduce((sum, limit) => sum + limit, 0)
    const weights = open.reduce((sum, { weight }) => sum + weight, 0)
    const share = (weight: number): number => Math.max(Math.floor((left * weight) / weights), MIN_PART_COLUMNS)
    const short = open.filter(({ index, weight }) => (widths[index] ?? 0) <= share(weight))
    if (short.length === 0) {
      for (const { index, weight } of open) limits.set(index, share(weight))
      return parts.map(({ text }, index) => truncate(text, limits.get(index) ?? 0))
    }
    for (const { index } of short) limits.set(index, widths[index] ?? 0)
  }
}
