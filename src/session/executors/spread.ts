import type { Lane } from './lane.ts'

/** Milliseconds after which calls are spread anew although no thread has said anything. */
export const SPREAD_EACH = 250

/** The thread that comes to a call soonest; of several alike the one with the fewest calls. */
export function idlest(first: Lane, others: readonly Lane[]): Lane {
  let best = first
  let bestLoad = first.load()
  for (const lane of others) {
    const load = lane.load()
    if (load > bestLoad || (load === bestLoad && lane.calls.size() >= best.calls.size())) continue
    best = lane
    bestLoad = load
  }
  return best
}

/**
 * Gives calls that wait for a busy thread to threads that come to them sooner, so that none waits while a thread is idle. A thread
 * that is free has come to its calls long before they could be taken from it.
 */
export function spread([first, ...others]: readonly Lane[]): void {
  if (first === undefined || others.length === 0) return
  for (const from of [first, ...others]) {
    let isMoving = true
    while (isMoving && from.waiting() > 0) {
      const to = idlest(first, others)
      isMoving = to !== from && to.load() < from.waiting() && from.calls.giveTo(to.calls)
    }
  }
}
