import { hash } from 'node:crypto'
import { contentHash } from '../../model/identity.ts'
import { type Json, stringifyJson } from '../../model/json.ts'
import type { RecordText } from '../../model/row.ts'
import { joinObject, toMetadata, toText } from './json-text.ts'
import type { IndexedRecord, RecordTraits } from './record-index.ts'
import { readList, readMember, readText } from './reply.ts'
import { describeTruncation, joinMetadata, keepMetadata, pickForm, shorten } from './shorten.ts'

/** A record as Datadog keeps it: what is null there is not there. */
export interface StoredRecord {
  readonly id: string
  readonly input: Json
  readonly expectedOutput?: Json
  readonly metadata?: Json
  readonly tags: readonly string[]
}

/** How many characters of each value are left at each level; from level 1 on without metadata. */
const limits: readonly number[] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 32_768, 2_048, 200]

/** A record as it goes to Datadog; with `cut`, with less of it at each step. Undefined when there is nothing left to take away. */
export function toStoredRecord(record: RecordText, cut = 0): StoredRecord | undefined {
  let form: StoredRecord | undefined
  const make = (level: number): readonly Json[] => {
    form = shortenRecord(record, level)
    return [insertText(form)]
  }
  return pickForm(make, { levels: limits.length, cut }) === undefined ? undefined : form
}

function shortenRecord(record: RecordText, level: number): StoredRecord {
  const limit = limits[level] ?? 0
  const input = shorten(record.input, limit)
  const expected = hasExpectedOutput(record) ? shorten(record.expectedOutput, limit) : undefined
  const metadata = keepMetadata(toMetadata(record.metadata), level === 0)
  const truncation = describeTruncation({
    input: input.original,
    expected_output: expected?.original,
    metadata: metadata.original,
  })
  const joined = joinMetadata(metadata.json, truncation)
  return {
    id: record.key,
    input: input.json,
    ...(expected === undefined ? {} : { expectedOutput: expected.json }),
    ...(joined === undefined ? {} : { metadata: joined }),
    tags: [...(record.tags ?? []), ...(truncation === undefined ? [] : ['truncated:true'])],
  }
}

function hasExpectedOutput(record: RecordText): record is RecordText & { readonly expectedOutput: Json } {
  return record.expectedOutput !== undefined && record.expectedOutput !== 'null'
}

/** A record that is not there yet, as JSON. */
export function insertText({ id, input, expectedOutput, metadata, tags }: StoredRecord): Json {
  return joinObject({
    id: toText(id),
    input,
    expected_output: expectedOutput,
    metadata,
    tags: tags.length === 0 ? undefined : toText(tags),
  })
}

/** A record that is there and has changed, as JSON: null means as it is there, so what is to go is made empty. */
export function updateText({ id, input, expectedOutput, metadata, tags }: StoredRecord, there: RecordTraits): Json {
  return joinObject({
    id: toText(id),
    input,
    expected_output: expectedOutput ?? (there.expectedOutput ? '""' : 'null'),
    metadata: metadata ?? (there.metadata ? '{}' : 'null'),
    tag_operations: tags.length === 0 && !there.tags ? undefined : joinObject({ set: toText(tags) }),
  })
}

/** 16 hexadecimal digits of a hash of a record's id. */
export function idHash(id: string): string {
  return digest(id)
}

/** Whether a record at Datadog says the same as this one. */
export function isSameContent(record: RecordText, there: IndexedRecord): boolean {
  if (withTags(record.contentHash, record.tags ?? []) === there.contentHash) return true
  const stored = toStoredRecord(record)
  if (stored === undefined) return true
  const { tags, expectedOutput } = stored
  if (withTags(contentHash(stored), tags) === there.contentHash) return true
  // An expected output that was taken away there is kept as an empty text.
  const erased = { ...stored, expectedOutput: '""' }
  return expectedOutput === undefined && withTags(contentHash(erased), tags) === there.contentHash
}

/** What is answered for a record, as it is compared; undefined for what is none. */
export function readIndexed(value: unknown): (IndexedRecord & { readonly id: string }) | undefined {
  const id = readText(value, 'id')
  if (id === undefined) return undefined
  const expectedOutput = readJson(value, 'expected_output')
  const metadata = toMetadata(readJson(value, 'metadata'))
  const tags = readList(value, 'attributes', 'tags').filter((tag) => typeof tag === 'string')
  const content = { input: readJson(value, 'input') ?? 'null', expectedOutput, metadata }
  return {
    id,
    contentHash: withTags(contentHash(content), tags),
    traits: {
      expectedOutput: expectedOutput !== undefined && expectedOutput !== '""',
      metadata: metadata !== undefined,
      tags: tags.length > 0,
    },
  }
}

/** A member of a record's attributes as JSON; undefined where there is none. */
export function readJson(value: unknown, member: string): Json | undefined {
  const found = readMember(value, 'attributes', member)
  return found === undefined || found === null ? undefined : stringifyJson(found)
}

/** Datadog keeps no order of tags, and need not keep capital letters in them. */
function withTags(content: string, tags: readonly string[]): string {
  if (tags.length === 0) return content
  const sorted = [...new Set(tags.map((tag) => tag.toLowerCase()))].sort()
  return digest(`${content}\n${sorted.join('\n')}`)
}

function digest(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 16)
}
