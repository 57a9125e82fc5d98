import type { SourceItem } from '../model/dataset.ts'
import { MAX_DEPTH } from '../model/json.ts'
import { makeVisible } from '../model/quote.ts'
import type { RecordChecker } from './apply-schemas.ts'
import { isRecord, type Refusal, refuseRecord } from './check-record.ts'
import type { Entry, Format, Spot, ValueEntry } from './entry.ts'
import { spotFrame } from './spot.ts'

/** A text cannot nest deeper than half its length. */
const DEEP_TEXT = 2 * MAX_DEPTH

export interface CheckOptions {
  readonly file: string
  readonly locate: Format['locate']
  readonly check: RecordChecker | undefined
}

/** Makes records of what stands in a file, or problems that name the place. */
export async function* checkEntries(
  batches: AsyncIterable<readonly Entry[]>,
  options: CheckOptions,
): AsyncGenerator<readonly SourceItem[], void, undefined> {
  for await (const entries of batches) yield await checkBatch(entries, options)
}

async function checkBatch(entries: readonly Entry[], options: CheckOptions): Promise<SourceItem[]> {
  const items: SourceItem[] = []
  for (const entry of entries) {
    const item =
      entry.status === 'value' ? checkValue(entry, options) : invalid(entry.message, entry.spot, options.file)
    // Awaiting what is no promise costs more than most schemas.
    items.push(item instanceof Promise ? await item : item)
  }
  return items
}

function checkValue(entry: ValueEntry, options: CheckOptions): SourceItem | Promise<SourceItem> {
  const { value, text, line } = entry
  const { file, check } = options
  if (text.length > DEEP_TEXT && isDeeperThan(value, MAX_DEPTH + 1))
    return refused(
      entry,
      { message: `expected values nested at most ${MAX_DEPTH} deep, got a deeper one`, path: [] },
      options,
    )
  if (!isRecord(value))
    return refused(entry, refuseRecord(value) ?? { message: 'expected a record', path: [] }, options)
  if (check === undefined) return { status: 'record', record: value, file, line }
  const outcome = check(value)
  const settle = (checked: Awaited<typeof outcome>): SourceItem =>
    checked.status === 'record' ? { ...checked, file, line } : refused(entry, checked.refusal, options)
  return outcome instanceof Promise ? outcome.then(settle) : settle(outcome)
}

function refused(entry: ValueEntry, { message, path }: Refusal, { locate, file }: CheckOptions): SourceItem {
  return invalid(message, locate(entry, path), file)
}

function invalid(what: string, spot: Spot, file: string): SourceItem {
  const { line, column } = spot
  const message = makeVisible(what)
  const place = column === undefined ? { file, line } : { file, line, column }
  return { status: 'invalid', problem: { message, ...place, codeFrame: spotFrame(spot) } }
}

/** Whether containers are nested deeper than that; looks no deeper itself. */
function isDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (depth === 0) return true
  if (Array.isArray(value)) return value.some((item) => isDeeperThan(item, depth - 1))
  return Object.keys(value).some((key) => isDeeperThan(Reflect.get(value, key), depth - 1))
}
