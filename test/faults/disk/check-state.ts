import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { readEntries } from '../../../src/backends/local/entries.ts'
import { createRowReader } from '../../../src/backends/local/row-reader.ts'
import { openLocalStore } from '../../../src/backends/local/store.ts'
import { unitName } from '../../../src/model/row.ts'
import type { DiskCall } from './record.ts'

const EVENTS = 'events.jsonl'

/** Rows by unit. */
export type Rows = ReadonlyMap<string, StoreRow>

/** What a row came to, each part of it as JSON. */
export interface StoreRow {
  readonly result: string
  /** Lines that could not be read leave some out. */
  readonly evaluations: readonly string[]
}

/** Between what a store has to have, and what it may have. */
export interface Bounds {
  readonly atLeast: ReadonlySet<string>
  readonly atMost: ReadonlySet<string>
  /** Which state it is, for messages. */
  readonly what: string
}

/** Opens a store as the tool does and looks at every row in it: each stands once, and is what it was. Returns how many there are. */
export async function checkState(folder: string, truth: Rows, { atLeast, atMost, what }: Bounds): Promise<number> {
  const rows = await readRows(folder)
  const units = rows.map(([unit]) => unit)
  expect(new Set(units).size, what).toBe(units.length)
  expect(
    [...atLeast].filter((unit) => !units.includes(unit)),
    what,
  ).toEqual([])
  expect(
    units.filter((unit) => !atMost.has(unit)),
    what,
  ).toEqual([])
  const wrong = rows.filter(([unit, row]) => !isPartOf(row, truth.get(unit)))
  expect(
    wrong.map(([unit]) => unit),
    what,
  ).toEqual([])
  return rows.length
}

function isPartOf({ result, evaluations }: StoreRow, whole: StoreRow | undefined): boolean {
  return result === whole?.result && evaluations.every((evaluation) => whole.evaluations.includes(evaluation))
}

/** What is in a store that may be in any state. */
export async function readRows(folder: string): Promise<(readonly [unit: string, row: StoreRow])[]> {
  const rows: (readonly [string, StoreRow])[] = []
  for (const entry of await readEntries(openLocalStore(folder))) {
    const events = join(folder, 'experiments', entry.experimentId, EVENTS)
    if (entry.status !== 'readable' || !existsSync(events)) continue
    for await (const row of createRowReader(events).rows({})) {
      const { status, record, task, evaluations } = row
      const result = JSON.stringify([status, record.input, task])
      rows.push([unitName(row), { result, evaluations: evaluations.map((one) => JSON.stringify(one)) }])
    }
  }
  return rows
}

/** Units whose end had been written, and those whose end had been synced, before so many calls. */
export function rowsBefore(calls: readonly DiskCall[], count: number) {
  let text = ''
  let synced = 0
  const syncing = new Map<number, number>()
  for (const call of calls.slice(0, count)) {
    if (!call.path.endsWith(EVENTS)) continue
    if (call.call === 'writeSync') text += Buffer.from(call.data, 'base64').toString('utf8')
    else if (call.call === 'fdatasyncSync') synced = text.length
    else if (call.call === 'fdatasync-begin') syncing.set(call.of, text.length)
    else if (call.call === 'fdatasync-end') synced = Math.max(synced, syncing.get(call.of) ?? 0)
  }
  return { written: unitsIn(text), synced: unitsIn(text.slice(0, synced)) }
}

function unitsIn(text: string): Set<string> {
  const events = text.split('\n').slice(0, -1)
  const ends = events.map((line) => JSON.parse(line)).filter(({ type }) => type === 'row-finished')
  return new Set(ends.map(unitName))
}
