// Latin letters, punctuation and box drawing: each one code unit and one column. Spares starting ICU, which takes 50 ms.
const PLAIN = /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2015\u2018-\u2026\u2500-\u257f]*$/
const ZERO_WIDTH =
  /^(?:\p{Default_Ignorable_Code_Point}|\p{Control}|\p{Format}|\p{Nonspacing_Mark}|\p{Enclosing_Mark}|\p{Surrogate})+$/u
const LEADING_IGNORED = /^(?:\p{Default_Ignorable_Code_Point}|\p{Control}|\p{Format})+/u
const SGR = '\u001b\\[[0-9;]*m'
const COLOURS = new RegExp(SGR, 'g')
// Made from a string, because the flag is newer than the language level this package compiles to.
const RGI_EMOJI = '^\\p{RGI_Emoji}$'
// Made when it is first needed: it takes 14 ms.
let emoji: RegExp | undefined

/** First and last code points of Unicode's East Asian wide and fullwidth blocks. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4dc0, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6b],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18df2],
  [0x1aff0, 0x1b2fb],
  [0x1d300, 0x1d376],
  [0x1f300, 0x1f64f],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
]

let segmenter: Intl.Segmenter | undefined

/** How many columns a terminal gives the text. Colour codes of our own take none. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length
  let width = 0
  for (const cluster of clusters(text.replace(COLOURS, ''))) width += clusterWidth(cluster)
  return width
}

/**
 * Cuts text without colour codes to so many columns, the last of them an ellipsis when something was cut.
 * @example truncate('日本語', 5) // '日本…'
 */
export function truncate(text: string, columns: number): string {
  if (PLAIN.test(text))
    return text.length <= columns ? text : `${text.slice(0, Math.max(columns - 1, 0))}…`.slice(0, columns)
  const head = takeColumns(text, columns)
  if (head.length === text.length) return text
  return columns < 1 ? '' : `${takeColumns(head, columns - 1)}…`
}

/** As many whole characters from the start as fit. */
export function takeColumns(text: string, columns: number): string {
  let width = 0
  let end = 0
  // A cluster of more than 40 code units is hostile; what lies beyond cannot be shown anyway.
  for (const cluster of clusters(text.slice(0, Math.max(columns, 1) * 40))) {
    width += clusterWidth(cluster)
    if (width > columns) break
    end += cluster.length
  }
  return text.slice(0, end)
}

/** As many whole characters from the end as fit. */
export function takeLastColumns(text: string, columns: number): string {
  let width = 0
  let start = text.length
  for (const cluster of [...clusters(text.slice(-Math.max(columns, 1) * 40))].reverse()) {
    width += clusterWidth(cluster)
    if (width > columns) break
    start -= cluster.length
  }
  return text.slice(start)
}

/** Fills up with spaces on the right. */
export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(columns - displayWidth(text), 0))
}

function* clusters(text: string): Generator<string> {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  for (const { segment } of segmenter.segment(text)) yield segment
}

function clusterWidth(cluster: string): number {
  if (ZERO_WIDTH.test(cluster)) return 0
  emoji ??= new RegExp(RGI_EMOJI, 'v')
  if (emoji.test(cluster)) return 2
  const code = cluster.replace(LEADING_IGNORED, '').codePointAt(0) ?? 0
  return isWide(code) ? 2 : 1
}

function isWide(code: number): boolean {
  if (code < 0x1100) return false
  return WIDE.some(([first, last]) => code >= first && code <= last)
}
