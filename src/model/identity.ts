import { hash } from 'node:crypto'
import { canonicalJson } from './canonical-json.ts'
import type { Json } from './json.ts'

/** What a record's identity is made of, as JSON text. */
export interface RecordContent {
  readonly id?: string | undefined
  readonly input: Json
  readonly expectedOutput?: Json | undefined
  readonly metadata?: Json | undefined
}

/** Names one row's span on every machine and after every resume. */
export interface SpanIds {
  /** 32 hexadecimal digits. */
  readonly traceId: string
  /** 16 hexadecimal digits. */
  readonly spanId: string
}

/**
 * A record's key: its id, else 16 hexadecimal digits of a hash over its canonical input.
 * @example recordKey(undefined, '{"b":1,"a":2}') === recordKey(undefined, '{"a":2,"b":1}')
 */
export function recordKey(id: string | undefined, input: Json): string {
  return id ?? digest(canonicalJson(input))
}

/** The key of the nth record with the same derived key: `a1b2…`, `a1b2…#1`, `a1b2…#2`. */
export function ordinalKey(key: string, ordinal: number): string {
  return ordinal === 0 ? key : `${key}#${ordinal}`
}

/** 16 hexadecimal digits of a hash over input, expected output and metadata. Another hash means: the record has changed. */
export function contentHash(record: Omit<RecordContent, 'id'>): string {
  return digest(
    joinContent({
      input: canonicalJson(record.input),
      expectedOutput: record.expectedOutput === undefined ? undefined : canonicalJson(record.expectedOutput),
      metadata: record.metadata === undefined ? undefined : canonicalJson(record.metadata),
    }),
  )
}

/** `recordKey` and `contentHash` of content that is canonical already. */
export function identifyCanonical(content: RecordContent): { readonly key: string; readonly contentHash: string } {
  return { key: content.id ?? digest(content.input), contentHash: digest(joinContent(content)) }
}

/** Trace and span id of a row: derived, never stored. */
export function spanIds(experimentId: string, key: string, iteration: number, generation: number): SpanIds {
  // The key comes last: it alone may hold a newline.
  const digits = hash('sha256', `${experimentId}\n${iteration}\n${generation}\n${key}`, 'hex')
  return { traceId: digits.slice(0, 32), spanId: digits.slice(32, 48) }
}

function joinContent({ input, expectedOutput, metadata }: RecordContent): string {
  const before = expectedOutput === undefined ? '' : `"expectedOutput":${expectedOutput},`
  const after = metadata === undefined ? '' : `,"metadata":${metadata}`
  return `{${before}"input":${input}${after}}`
}

function digest(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 16)
}
