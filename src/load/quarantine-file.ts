import { readFileSync } from 'node:fs'
import { LlmobsExpError } from '../model/errors.ts'
import type { QuarantineEntry } from '../model/quarantine.ts'
import { quote } from '../model/quote.ts'
import { suggest } from '../model/suggest.ts'
import { isPlainObject, type UnknownRecord } from './plain-object.ts'

const keys = ['experiment', 'record', 'reason', 'until'] as const
const EXAMPLE =
  '[{ "experiment": "triage", "record": "ticket-17", "reason": "the judge is undecided", "until": "2026-12-31" }]'

/**
 * Reads a quarantine file: a JSON array of records that are known to be flaky.
 * @param name for messages
 * @throws LlmobsExpError `E_QUARANTINE_FILE`
 */
export function readQuarantineFile(path: string, name: string): QuarantineEntry[] {
  const parsed = parse(path, name)
  if (!Array.isArray(parsed)) throw refusal(name, `expected an array, got ${quote(parsed)}`, EXAMPLE)
  return parsed.map((entry: unknown, index) => readEntry(entry, `${name}, entry ${index + 1}`))
}

function parse(path: string, name: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''))
  } catch (cause) {
    throw refusal(name, `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, EXAMPLE)
  }
}

function readEntry(entry: unknown, place: string): QuarantineEntry {
  if (!isPlainObject(entry)) throw refusal(place, `expected an object, got ${quote(entry)}`, EXAMPLE)
  for (const key of Object.keys(entry)) {
    if (keys.some((known) => known === key)) continue
    const near = suggest(key, keys)
    throw refusal(
      place,
      `there is no such member: ${quote(key)}`,
      near === undefined ? EXAMPLE : `did you mean "${near}"?`,
    )
  }
  const experiment = textOf(entry, 'experiment', place)
  const record = textOf(entry, 'record', place)
  const reason = textOf(entry, 'reason', place)
  const { until } = entry
  if (until === undefined) return { experiment, record, reason }
  if (typeof until !== 'string' || !isDay(until))
    throw refusal(place, `until: expected a day such as "2026-12-31", got ${quote(until)}`)
  return { experiment, record, reason, until }
}

function textOf(entry: UnknownRecord, key: 'experiment' | 'record' | 'reason', place: string): string {
  const value = entry[key]
  if (typeof value === 'string' && value.trim() !== '') return value
  throw refusal(place, `${key}: expected a text that is not empty, got ${quote(value)}`)
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const time = Date.parse(`${text}T00:00:00Z`)
  // Some engines take the 31st of a shorter month for the 1st of the next.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

function refusal(place: string, message: string, hint?: string): LlmobsExpError {
  return new LlmobsExpError('E_QUARANTINE_FILE', `${place}: ${message}`, hint === undefined ? {} : { hint })
}
