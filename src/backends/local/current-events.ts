import type { RunEvent } from '../../model/events.ts'
import { unitName } from '../../model/row.ts'
import { type DamagedLine, readEvents } from './read-events.ts'
import { findRedone, type Redone } from './redone.ts'

/**
 * The events of a log that count, in batches: those of units that were run again come when their row stands, and the others as
 * they were written.
 * @throws LlmobsExpError `E_STORE_READ` or `E_STORE_FORMAT`
 */
export async function* readCurrentEvents(
  path: string,
  onDamaged?: (damaged: DamagedLine) => void,
): AsyncGenerator<readonly RunEvent[], void> {
  const redone = await findRedone(path)
  if (redone === undefined) yield* readEvents(path, {}, onDamaged)
  else {
    const units = new RedoneUnits(redone)
    for await (const events of readEvents(path, {}, onDamaged)) {
      yield events.flatMap((event) => (redone.isVoid(event) ? [] : units.pass(event)))
    }
  }
}

/** Keeps the events of a unit that was run again until those that stand are complete. */
class RedoneUnits {
  readonly #held = new Map<string, RunEvent[]>()
  readonly #redone: Redone

  constructor(redone: Redone) {
    this.#redone = redone
  }

  pass(event: RunEvent): readonly RunEvent[] {
    if (event.type !== 'task-finished' && event.type !== 'evaluation-finished' && event.type !== 'row-finished') {
      return [event]
    }
    const unit = unitName(event)
    const standing = this.#redone.standing(unit)
    if (standing === undefined) return [event]
    const held = this.#held.get(unit) ?? []
    if (event.type === 'task-finished') this.#held.set(unit, [event])
    else if (event.type === 'evaluation-finished') {
      const others = held.filter((one) => one.type !== event.type || one.evaluator !== event.evaluator)
      this.#held.set(unit, [...others, event])
    } else if (event.seq === standing) return [...held, event]
    return []
  }
}
