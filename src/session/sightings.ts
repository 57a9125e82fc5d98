import type { RecordFilter } from '../engine/select.ts'
import { parseJson, stringifyJson } from '../model/json.ts'
import { quoteText } from '../model/quote.ts'
import type { RecordText } from '../model/row.ts'
import { suggest } from '../model/suggest.ts'

const MAX_KEPT = 1_000
const MAX_LISTED = 8
const MAX_DEPTH = 3

/** What was seen of the records while looking for those that were asked for. */
export interface Sightings {
  note(record: RecordText): void
  /** What may have been meant, given that no record matched. */
  hint(): string | undefined
}

/** Looks for records by id or key. */
export interface RecordSightings extends Sightings {
  /** Those that were not seen. */
  missing(): readonly string[]
  /** What one of them may have meant. */
  meant(id: string): string | undefined
}

export function createRecordSightings(wanted: readonly string[]): RecordSightings {
  const missing = new Set(wanted)
  const ids: string[] = []
  const meant = (id: string): string | undefined => {
    const near = suggest(id, ids) ?? ids.find((other) => other.startsWith(id))
    return near === undefined ? undefined : `did you mean ${quoteText(near)}?`
  }
  return {
    note({ key }) {
      missing.delete(key)
      if (ids.length < MAX_KEPT) ids.push(key)
    },
    missing: () => [...missing],
    meant,
    hint() {
      const near = [...missing].flatMap((id) => meant(id) ?? [])
      return near[0] ?? (missing.size === 0 || ids.length === 0 ? undefined : `there are ${list(ids)}`)
    },
  }
}

/** Looks for the key of a filter, and for its value under this key. */
export function createFilterSightings({ key, value }: RecordFilter): Sightings {
  const keys = new Set<string>()
  const values = new Set<string>()
  let isMatched = false
  let elsewhere: string | undefined
  return {
    note(record) {
      if (isMatched) return
      elsewhere ??= findElsewhere(record, key)
      for (const [found, text] of entriesOf(record, key)) {
        if (keys.size < MAX_KEPT) keys.add(found)
        if (found !== key || text === undefined) continue
        if (text === value) isMatched = true
        if (values.size < MAX_KEPT) values.add(text)
      }
    },
    hint() {
      if (isMatched) return undefined
      const isKnown = keys.has(key)
      if (!isKnown && elsewhere !== undefined) return choose(`no metadata has ${quoteText(key)}`, elsewhere, keys)
      if (keys.size === 0) return undefined
      if (!isKnown) return choose(`no record has ${quoteText(key)}`, suggest(key, keys), keys)
      if (values.size === 0) return undefined
      return choose(`no record has this value of ${quoteText(key)}`, suggest(value, values), values)
    },
  }
}

function choose(what: string, near: string | undefined, all: Iterable<string>): string {
  return near === undefined ? `${what}; there are ${list([...all])}` : `${what}; did you mean ${quoteText(near)}?`
}

function list(words: readonly string[]): string {
  const shown = words.slice(0, MAX_LISTED).map(quoteText).join(', ')
  return words.length > MAX_LISTED ? `${shown}, …` : shown
}

type Entry = readonly [key: string, text: string | undefined]

/** What a filter with this key looks at, as keys that a filter could have. */
function entriesOf(record: RecordText, key: string): readonly Entry[] {
  const [root = ''] = key.split('.')
  switch (root) {
    case 'id':
      return [['id', record.key]]
    case 'tag':
      return (record.tags ?? []).map((tag) => ['tag', tag])
    case 'input':
    case 'expectedOutput':
    case 'metadata':
      return flatten(parse(record[root]), [root])
    default:
      return [...flatten(parse(record.metadata), []), ...(record.tags ?? []).map(splitTag)]
  }
}

/** A bare key looks at metadata and tags only. */
function findElsewhere(record: RecordText, key: string): string | undefined {
  if (/^(?:id|tag|input|expectedOutput|metadata)(?:\.|$)/.test(key)) return undefined
  return (['input', 'expectedOutput'] as const)
    .map((root) => [`${root}.${key}`, flatten(parse(record[root]), [root])] as const)
    .find(([path, entries]) => entries.some(([found]) => found === path))?.[0]
}

function parse(json: string | undefined): unknown {
  return json === undefined ? undefined : parseJson(json)
}

function splitTag(tag: string): Entry {
  const at = tag.indexOf(':')
  return [tag.slice(0, at), tag.slice(at + 1)]
}

function flatten(value: unknown, path: readonly string[]): Entry[] {
  if (value === undefined) return []
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return path.length === 0 ? [] : [[path.join('.'), typeof value === 'string' ? value : stringifyJson(value)]]
  }
  const below =
    path.length > MAX_DEPTH ? [] : Object.entries(value).flatMap(([key, own]) => flatten(own, [...path, key]))
  return path.length === 0 ? below : [[path.join('.'), undefined], ...below]
}
