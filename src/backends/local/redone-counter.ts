import type { EvaluationFinished, EventStamp, RowFinished } from '../../model/events.ts'
import { unitName } from '../../model/row.ts'
import type { EventCounter } from './event-counter.ts'
import { decodeLine } from './read-event.ts'
import type { Redone } from './redone.ts'

const unitTypes: ReadonlySet<string> = new Set(['task-finished', 'evaluation-finished', 'row-finished'])

interface CountedUnit {
  /** `seq` of what came to something, by evaluator. */
  readonly evaluations: Map<string, number | undefined>
  /** `seq` of the first end of the row since its task. */
  row?: number
  /** What a backend was to have of it so far. */
  items: readonly number[]
}

/** Counts what a backend is to have of a log of which some does not count any more. Parses it, and holds units that have not ended. */
export class RedoneCounter implements EventCounter {
  readonly superseded: number[] = []
  readonly #redone: Redone
  readonly #units = new Map<string, CountedUnit>()
  #events = 0

  constructor(redone: Redone) {
    this.#redone = redone
  }

  take(type: string, line: Buffer): number | undefined {
    const decoded = unitTypes.has(type) ? decodeLine(line) : undefined
    if (decoded?.status !== 'event') return undefined
    const { event } = decoded
    if (event.type !== 'task-finished' && event.type !== 'evaluation-finished' && event.type !== 'row-finished')
      return undefined
    const name = unitName(event)
    const unit = this.#units.get(name) ?? { evaluations: new Map(), items: [] }
    if (event.type === 'task-finished') this.#units.set(name, { evaluations: new Map(), items: unit.items })
    else if (event.type === 'evaluation-finished') {
      this.#units.set(name, unit)
      unit.evaluations.set(event.evaluator, cameToSomething(event) ? event.seq : undefined)
    } else this.#end(name, unit, event)
    return event.type === 'row-finished' ? event.iteration : undefined
  }

  addOne(): void {
    this.#events++
  }

  count(): number {
    return this.#events
  }

  #end(name: string, unit: CountedUnit, end: RowFinished & EventStamp): void {
    const items = itemsOf(unit, end)
    this.superseded.push(...unit.items.filter((seq) => !items.includes(seq)))
    if (this.#redone.isVoid({ ...end })) {
      this.superseded.push(...items)
      this.#units.delete(name)
    } else if (this.#redone.isSuperseded(name, end.seq)) {
      this.#units.set(name, { ...unit, row: unit.row ?? end.seq, items })
    } else {
      this.#units.delete(name)
      this.#events += items.length
    }
  }
}

function itemsOf({ evaluations, row }: CountedUnit, { seq, status }: RowFinished & EventStamp): number[] {
  if (status === 'cancelled' || status === 'skipped') return []
  return [row ?? seq, ...[...evaluations.values()].filter((evaluation) => evaluation !== undefined)]
}

function cameToSomething(evaluation: EvaluationFinished): boolean {
  return evaluation.status === 'ok' ? evaluation.evaluations.length > 0 : evaluation.status !== 'skipped'
}
