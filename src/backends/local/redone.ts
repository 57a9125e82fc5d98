import { open } from 'node:fs/promises'
import type { RunEvent } from '../../model/events.ts'
import { unitName, unitOf } from '../../model/row.ts'
import { decodeLine, lineSeq, lineType } from './read-event.ts'
import { readLines } from './read-events.ts'
import { readError } from './store-error.ts'

/** Which events of a log that was resumed do not count any more. Keeps the units that were run again, and no others. */
export interface Redone {
  /** Whether all rows and records count. */
  readonly isEmpty: boolean
  /** Whether a later event has taken its place: the record of its key, the end of its run or of the experiment. */
  isVoid(event: RunEvent): boolean
  /** Of a unit that was run again: `seq` of the `row-finished` that stands. The unit has no row where there is no such event. */
  standing(unit: string): number | undefined
  /** Whether the `row-finished` with this `seq` does not stand. What has been written since was not looked at, and stands. */
  isSuperseded(unit: string, seq: number): boolean
  /** Whether a unit that was run again has events after that, whose row has not finished. */
  hasTail(unit: string): boolean
}

const CHUNK_BYTES = 1024 * 1024
const RESUMED = Buffer.from(',"type":"resumed"')
const REPLACES = Buffer.from(',"replaces":')

const replacingTypes: ReadonlySet<string> = new Set(['record', 'task-finished', 'evaluation-finished', 'row-finished'])

/**
 * Looks through a log as far as it goes by now. Undefined where it was never resumed, which takes hardly any time to tell.
 * @throws LlmobsExpError `E_STORE_READ`
 */
export async function findRedone(path: string): Promise<Redone | undefined> {
  if (!(await mayBeResumed(path))) return undefined
  const redone = new LoggedRedone()
  for await (const lines of readLines(path)) {
    for (const { bytes, isTerminated } of lines) {
      if (!isTerminated || !redone.isAbout(bytes)) continue
      const decoded = decodeLine(bytes)
      if (decoded.status === 'event') redone.take(decoded.event)
    }
    const last = lines.findLast(({ isTerminated }) => isTerminated)
    redone.reach(lineSeq(last?.bytes) ?? 0)
  }
  return redone
}

/** Whether bytes of a log may say that it was resumed. */
export function mentionsResumed(bytes: Buffer): boolean {
  return bytes.includes(RESUMED)
}

class LoggedRedone implements Redone {
  readonly #rows = new Map<string, { standing: number; last: number }>()
  readonly #records = new Map<string, number>()
  readonly #runs = new Map<number, number>()
  #resumedAt = 0
  #lastSeq = 0

  /** How far the log has been looked at. */
  reach(seq: number): void {
    this.#lastSeq = seq
  }

  /** Whether a line may say something of what does not count any more. */
  isAbout(line: Buffer): boolean {
    const type = lineType(line)
    if (type === 'resumed') return true
    if (this.#resumedAt === 0) return false
    return type === 'run-finished' || (replacingTypes.has(type) && line.includes(REPLACES))
  }

  take(event: RunEvent): void {
    switch (event.type) {
      case 'resumed':
        this.#resumedAt = event.seq
        return
      case 'run-finished':
        this.#runs.set(event.iteration, event.seq)
        return
      case 'record':
        if (event.replaces !== undefined) this.#replaceRecord(event.key, event.seq)
        return
      case 'task-finished':
      case 'evaluation-finished':
      case 'row-finished': {
        if (event.replaces === undefined) return
        const unit = unitName(event)
        const standing = this.#rows.get(unit)?.standing ?? event.replaces
        this.#rows.set(unit, { standing: event.type === 'row-finished' ? event.seq : standing, last: event.seq })
      }
    }
  }

  get isEmpty(): boolean {
    return this.#rows.size + this.#records.size === 0
  }

  isVoid(event: RunEvent): boolean {
    switch (event.type) {
      case 'record':
      case 'task-finished':
      case 'evaluation-finished':
      case 'row-finished':
        return this.#records.size > 0 && event.seq < (this.#records.get(event.key) ?? 0)
      case 'run-finished':
        return event.seq < (this.#runs.get(event.iteration) ?? 0)
      case 'experiment-finished':
        return event.seq < this.#resumedAt
      default:
        return false
    }
  }

  standing(unit: string): number | undefined {
    return this.#rows.get(unit)?.standing
  }

  isSuperseded(unit: string, seq: number): boolean {
    const standing = this.standing(unit)
    return standing !== undefined && standing !== seq && seq <= this.#lastSeq
  }

  hasTail(unit: string): boolean {
    const row = this.#rows.get(unit)
    return row !== undefined && row.last > row.standing
  }

  #replaceRecord(key: string, seq: number): void {
    this.#records.set(key, seq)
    for (const unit of this.#rows.keys()) if (unitOf(unit).key === key) this.#rows.delete(unit)
  }
}

async function mayBeResumed(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'r')
    try {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
      for (let position = 0; ; ) {
        const { bytesRead } = await file.read(chunk, 0, chunk.length, position)
        if (mentionsResumed(chunk.subarray(0, bytesRead))) return true
        if (bytesRead < chunk.length) return false
        // The mention may stand where one chunk ends and the next begins.
        position += bytesRead - RESUMED.length
      }
    } finally {
      await file.close()
    }
  } catch (error) {
    throw readError(path, error)
  }
}
