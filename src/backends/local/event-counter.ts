/** Counts what a backend is to have of a log. */
export interface EventCounter {
  /** Takes one line; returns the run whose row has ended there. */
  take(type: string, line: Buffer): number | undefined
  /** One event more that is counted elsewhere. */
  addOne(): void
  count(): number
  /** By position: what it was to have of rows that have been run again. */
  readonly superseded: readonly number[]
}

const KEY = Buffer.from(',"key":')
const EVALUATOR = Buffer.from(',"evaluator":')
const STATUS = Buffer.from(',"status":')

/**
 * Counts without parsing, which would cost as much as pushing does: rows that were not cancelled or skipped, and those of their
 * evaluations that came to something.
 */
export class LineCounter implements EventCounter {
  readonly superseded: readonly number[] = []
  /** How many evaluations there are of units that have not ended, by the bytes that name the unit. */
  readonly #open = new Map<string, number>()
  #events = 0

  take(type: string, line: Buffer): number | undefined {
    if (type === 'evaluation-finished') {
      if (/^"(?:skipped"|ok","evaluations":\[\])/.test(statusOf(line))) return undefined
      const unit = unitOf(line, EVALUATOR)
      this.#open.set(unit, (this.#open.get(unit) ?? 0) + 1)
    }
    if (type !== 'row-finished') return undefined
    const unit = unitOf(line, STATUS)
    if (!/^"(?:skipped|cancelled)"/.test(statusOf(line))) this.#events += 1 + (this.#open.get(unit) ?? 0)
    this.#open.delete(unit)
    return Number(/"iteration":(\d+)(?:,"(?:generation|replaces)":\d+)*$/.exec(unit)?.[1])
  }

  addOne(): void {
    this.#events++
  }

  count(): number {
    return this.#events
  }
}

// Before the status of a line only strings are the user's, and a quote inside a string has a backslash before it: the first that
// looks like a member is one.

function unitOf(line: Buffer, next: Buffer): string {
  return line.toString('latin1', line.indexOf(KEY), line.indexOf(next))
}

function statusOf(line: Buffer): string {
  const start = line.indexOf(STATUS) + STATUS.length
  return line.toString('latin1', start, start + 24)
}
