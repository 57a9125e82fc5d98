import type { Json } from '../../model/json.ts'
import { sanitizeLine } from '../../terminal/sanitize.ts'
import { parseOrNull } from '../json-text.ts'

/** Where an output differs from what was expected. */
export type Difference =
  | { readonly kind: 'text'; readonly text: TextDifference }
  /** The texts look the same: `expected` and `output` name the characters at which they part. */
  | { readonly kind: 'invisible'; readonly expected: string; readonly output: string }
  | { readonly kind: 'members'; readonly members: readonly MemberDifference[] }

/** Two texts, made safe and on one line, that have much in common: the same up to `start`, and the same again after the ends. */
export interface TextDifference {
  readonly expected: string
  readonly output: string
  readonly start: number
  readonly expectedEnd: number
  readonly outputEnd: number
}

export interface MemberDifference {
  /** Such as `label` or `items[2].name`. */
  readonly path: string
  /** Absent where nothing was expected. */
  readonly expected?: Json
  /** Absent where nothing came. */
  readonly output?: Json
}

/** Longer values are not compared: it would take longer than anybody wants to wait for a row. */
const MAX_LENGTH = 200_000
const MAX_MEMBERS = 50
const MAX_DEPTH = 20
const MAX_POINTS = 8
/** Share of the shorter text that has to be the same. */
const ALIKE = 0.5
const BEFORE_MARKS = /^[ -\u02ff]+$/
const INVISIBLE = /\p{Format}/gu

let segmenter: Intl.Segmenter | undefined

/** Undefined where there is none, or nothing that would be worth showing: values of different kinds, texts with little in common. */
export function findDifference(expected: Json, output: Json): Difference | undefined {
  if (expected === output || expected.length + output.length > MAX_LENGTH) return undefined
  const [wanted, got] = [parseOrNull(expected), parseOrNull(output)]
  if (typeof wanted === 'string' && typeof got === 'string') return betweenTexts(expected, output)
  if (!isStructure(wanted) || !isStructure(got) || Array.isArray(wanted) !== Array.isArray(got)) return undefined
  const members = [...betweenMembers(wanted, got, '', 0)].slice(0, MAX_MEMBERS)
  return members.length === 0 ? undefined : { kind: 'members', members }
}

/** The same for two texts; undefined where they have little in common. */
export function findTextDifference(expected: string, output: string): TextDifference | undefined {
  const [wanted, got] = [sanitizeLine(expected), sanitizeLine(output)]
  if (wanted === got) return undefined
  const shorter = Math.min(wanted.length, got.length)
  const start = commonStart(wanted, got)
  let end = 0
  while (end < shorter - start && wanted.at(-1 - end) === got.at(-1 - end)) end++
  end = Math.min(commonEnd(wanted, end), commonEnd(got, end))
  // The quotes of a text are no likeness.
  if (start + end - 2 < Math.max(shorter - 2, 1) * ALIKE) return undefined
  return { expected: wanted, output: got, start, expectedEnd: wanted.length - end, outputEnd: got.length - end }
}

function betweenTexts(expected: string, output: string): Difference | undefined {
  if (look(expected) === look(output)) {
    const start = commonStart(expected, output)
    return { kind: 'invisible', expected: nameCharacter(expected, start), output: nameCharacter(output, start) }
  }
  const text = findTextDifference(expected, output)
  return text === undefined ? undefined : { kind: 'text', text }
}

function commonStart(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length)
  let start = 0
  while (start < shorter && a[start] === b[start]) start++
  return Math.min(characterAt(a, start).index, characterAt(b, start).index)
}

/** So many code units at the end, less those of a character that is cut. */
function commonEnd(text: string, units: number): number {
  const at = text.length - units
  const { index, length } = characterAt(text, at)
  return index === at ? units : text.length - index - length
}

/** The character, as a person sees it, that a code unit belongs to. */
function characterAt(text: string, at: number): { readonly index: number; readonly length: number } {
  // What comes before the first combining mark stands alone. Spares starting ICU, which takes 50 ms.
  if (at >= text.length || BEFORE_MARKS.test(text.slice(Math.max(at - 1, 0), at + 2))) return { index: at, length: 1 }
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  const found = segmenter.segment(text).containing(at)
  return { index: found?.index ?? at, length: found?.segment.length ?? 1 }
}

/** As it looks to a person, more or less. */
function look(text: string): string {
  return sanitizeLine(text).normalize('NFKC').replace(INVISIBLE, '')
}

/** @example 'U+0065 U+0301' */
function nameCharacter(text: string, at: number): string {
  const points = [...text.slice(at, at + characterAt(text, at).length)].slice(0, MAX_POINTS)
  return points.map((point) => `U+${(point.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`).join(' ')
}

type Structure = { readonly [key: string]: unknown }

function* betweenMembers(
  expected: Structure,
  output: Structure,
  path: string,
  depth: number,
): Generator<MemberDifference> {
  const names = new Set([...Object.keys(expected), ...Object.keys(output)])
  for (const name of names) {
    const place = Array.isArray(expected) ? `${path}[${name}]` : joinPath(path, name)
    const [wanted, got] = [own(expected, name), own(output, name)]
    const [wantedText, gotText] = [JSON.stringify(wanted), JSON.stringify(got)]
    if (wantedText === gotText) continue
    if (depth < MAX_DEPTH && isStructure(wanted) && isStructure(got) && Array.isArray(wanted) === Array.isArray(got))
      yield* betweenMembers(wanted, got, place, depth + 1)
    else
      yield {
        path: place,
        ...(wantedText === undefined ? {} : { expected: wantedText }),
        ...(gotText === undefined ? {} : { output: gotText }),
      }
  }
}

function joinPath(path: string, name: string): string {
  if (!/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(name)) return `${path}[${JSON.stringify(name)}]`
  return path === '' ? name : `${path}.${name}`
}

function own(structure: Structure, name: string): unknown {
  return Object.hasOwn(structure, name) ? structure[name] : undefined
}

function isStructure(value: unknown): value is Structure {
  return typeof value === 'object' && value !== null
}
