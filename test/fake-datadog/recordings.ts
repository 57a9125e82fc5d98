import { readFileSync } from 'node:fs'
import type { Json } from '../helpers/fake-datadog/json.ts'

/** A request to the real backend, and its answer. */
export interface Recording {
  /** Which client sent it. */
  readonly client: string
  readonly recordedAt: string
  readonly request: {
    readonly method: string
    readonly path: string
    readonly contentType: string | null
    /** Text unless the body was JSON. */
    readonly body: Json
  }
  readonly response: { readonly status: number; readonly contentType: string; readonly body: Json }
}

const file = new URL('../fixtures/datadog/recordings.ndjson', import.meta.url)

export function readRecordings(): Recording[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): Recording => JSON.parse(line))
}
