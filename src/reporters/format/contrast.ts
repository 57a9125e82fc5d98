import { sanitizeLine } from '../../terminal/sanitize.ts'
import { displayWidth, takeLastColumns, truncate } from '../../terminal/width.ts'
import { findTextDifference, type MemberDifference, type TextDifference } from './difference.ts'
import { formatCount } from './number.ts'
import type { Style } from './style.ts'

const MAX_MEMBERS = 4
/** Narrower than this a value says nothing. */
const MIN_COLUMNS = 20
const EXPECTED = 'expected '
const GOT = 'got '
/** Share of the width that shows what comes before the difference. */
const LEAD = 3

export interface Contrast {
  readonly expected: string
  /** With a second line where colours do not show the difference. */
  readonly output: readonly string[]
}

/** Two texts, each in one line, cut so that the place where they differ is seen, and marked there. */
export function contrastTexts(texts: TextDifference, { colors, columns, isColored }: Style): Contrast {
  const from = windowStart(texts, columns)
  const expected = showWindow(texts.expected, { from, ...texts, end: texts.expectedEnd }, columns)
  const output = showWindow(texts.output, { from, ...texts, end: texts.outputEnd }, columns)
  if (isColored) return { expected: paint(expected, colors.green), output: [paint(output, colors.red)] }
  const at = displayWidth(output.before)
  const width = Math.max(displayWidth(output.marked), 1)
  const pointer = ' '.repeat(at) + '^'.repeat(Math.min(width, Math.max(columns - at, 1)))
  return { expected: paint(expected), output: [paint(output), pointer] }
}

/** The members that differ, one after the other: `label: expected "bug", got "other"`. */
export function renderMembers(members: readonly MemberDifference[], style: Style): string[] {
  const shown = members.slice(0, MAX_MEMBERS)
  const more = members.length - shown.length
  const lines = shown.flatMap((member) => renderMember(member, style))
  return more > 0 ? [...lines, truncate(`and ${formatCount(more, 'more member')}`, style.columns)] : lines
}

/** In one line where that is wide enough, else with the values below each other. */
function renderMember(member: MemberDifference, style: Style): string[] {
  const { columns } = style
  const path = sanitizeLine(member.path)
  const head = `${path}: ${EXPECTED}`
  const oneLine = `${head}${show(member.expected, columns)}, ${GOT}${show(member.output, columns)}`
  if (displayWidth(oneLine) <= columns) return [oneLine]
  if (displayWidth(head) + MIN_COLUMNS > columns) return renderNarrow(path, member, style)
  const [expected, output] = valuesOf(member, { ...style, columns: columns - displayWidth(head) })
  return [head + expected, `${GOT.padStart(displayWidth(head))}${output}`]
}

function renderNarrow(path: string, member: MemberDifference, style: Style): string[] {
  const { columns } = style
  const [expected, output] = valuesOf(member, { ...style, columns: Math.max(columns - EXPECTED.length - 2, 1) })
  return [truncate(path, columns), `  ${EXPECTED}${expected}`, `  ${GOT.padEnd(EXPECTED.length)}${output}`]
}

function valuesOf({ expected, output }: MemberDifference, style: Style): [string, string] {
  const texts = expected === undefined || output === undefined ? undefined : findTextDifference(expected, output)
  if (texts === undefined) return [show(expected, style.columns), show(output, style.columns)]
  const contrast = contrastTexts(texts, { ...style, isColored: true })
  return [contrast.expected, contrast.output[0] ?? '']
}

function show(json: string | undefined, columns: number): string {
  return truncate(json === undefined ? 'nothing' : sanitizeLine(json.slice(0, columns * 8)), columns)
}

/** From the beginning where both fit; else a little before they part, or more where little comes after. */
function windowStart({ expected, output, start }: TextDifference, columns: number): number {
  if (displayWidth(expected) <= columns && displayWidth(output) <= columns) return 0
  const rest = Math.max(displayWidth(expected.slice(start)), displayWidth(output.slice(start)))
  // A column for the ellipsis, and one for the place itself.
  const lead = Math.min(Math.max(Math.floor(columns / LEAD), columns - 1 - rest), columns - 2)
  return start - takeLastColumns(expected.slice(0, start), lead).length
}

interface Window {
  readonly before: string
  readonly marked: string
  readonly after: string
}

function showWindow(
  text: string,
  { from, start, end }: { readonly from: number; readonly start: number; readonly end: number },
  columns: number,
): Window {
  const cut = from > 0 ? '…' : ''
  const shown = truncate(cut + text.slice(from), columns)
  const [first, last] = [cut.length + start - from, cut.length + end - from]
  return { before: shown.slice(0, first), marked: shown.slice(first, last), after: shown.slice(Math.max(last, first)) }
}

function paint({ before, marked, after }: Window, color: (text: string) => string = (text) => text): string {
  return before + (marked === '' ? '' : color(marked)) + after
}
