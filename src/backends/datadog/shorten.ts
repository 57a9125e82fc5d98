import { hash } from 'node:crypto'
import { type Json, parseJson } from '../../model/json.ts'
import { toText } from './json-text.ts'

/** What a value was before it was shortened. */
export interface Original {
  readonly bytes: number
  readonly sha256: string
}

export interface Shortened {
  readonly json: Json
  /** Absent when it was short enough. */
  readonly original?: Original
}

/** Above it, Datadog's own clients drop a span's input and output. */
const MAX_ITEM_BYTES = 5_000_000

/** What stands in for what was left out takes about as much. */
const MARK_LENGTH = 64

/** A value, or the beginning and the end of its text where it is longer than so many characters. */
export function shorten(json: Json, limit: number): Shortened {
  if (json.length <= limit + MARK_LENGTH) return { json }
  const parsed: unknown = json.startsWith('"') ? parseJson(json) : json
  const text = typeof parsed === 'string' ? parsed : json
  const half = Math.floor(limit / 2)
  const head = text.slice(0, half).replace(/[\ud800-\udbff]$/, '')
  const tail = text.slice(text.length - half).replace(/^[\udc00-\udfff]/, '')
  const gap = text.length - head.length - tail.length
  return { json: toText(`${head}… (${gap} characters left out) …${tail}`), original: describeOriginal(json) }
}

/** Metadata as it is or, where it is to go, nothing of it: unless it takes less than what would be said in its place. */
export function keepMetadata(
  json: Json | undefined,
  isKept: boolean,
): { readonly json?: Json; readonly original?: Original } {
  if (json === undefined) return {}
  return isKept || json.length <= 4 * MARK_LENGTH ? { json } : { original: describeOriginal(json) }
}

function describeOriginal(json: Json): Original {
  return { bytes: Buffer.byteLength(json), sha256: hash('sha256', json, 'hex') }
}

/** What was taken away, as a member for the metadata; undefined where nothing was. */
export function describeTruncation(originals: { readonly [part: string]: Original | undefined }): Json | undefined {
  let text = ''
  for (const part of Object.keys(originals)) {
    const original = originals[part]
    if (original === undefined) continue
    text += `${text === '' ? '' : ','}"${part}":{"bytes":${original.bytes},"sha256":"${original.sha256}"}`
  }
  return text === '' ? undefined : `{${text}}`
}

/** What is left of the metadata, with what was taken away. */
export function joinMetadata(json: Json | undefined, truncation: Json | undefined): Json | undefined {
  if (truncation === undefined) return json
  const member = `"truncated":${truncation}}`
  return json === undefined ? `{${member}` : `${json.slice(0, -1)},${member}`
}

/**
 * The `cut`th form of an item, of those that differ: `make` takes away more at each level, and level 0 is the whole. Forms that
 * are too large for certain are passed over. Undefined when there is no further one.
 */
export function pickForm(
  make: (level: number) => readonly Json[],
  { levels, cut }: { readonly levels: number; readonly cut: number },
): readonly Json[] | undefined {
  let previous: string | undefined
  let index = -1
  for (let level = 0; level < levels; level++) {
    const form = make(level)
    const text = form.length === 1 ? form[0] : form.join()
    if (text === undefined || text === previous) continue
    previous = text
    if (level < levels - 1 && isTooLarge(text)) continue
    index++
    if (index === cut) return form
  }
  return undefined
}

function isTooLarge(text: string): boolean {
  // A unit of a string is three bytes at most.
  return text.length * 3 > MAX_ITEM_BYTES && Buffer.byteLength(text) > MAX_ITEM_BYTES
}
