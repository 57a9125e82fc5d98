import type { Lane } from './lane.ts'

/** At least one. */
export type Lanes = readonly [Lane, ...Lane[]]

/** Milliseconds after which calls are spread anew although no thread has said anything. */
export const SPREAD_EACH = 500

/** The thread that comes to a call soonest; of several alike the one with the fewest calls. */
export function idlest([first, ...others]: Lanes): Lane {
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
export function spread(from: readonly Lane[], to: Lanes): void {
  for (const lane of from) {
    let isMoving = true
    while (isMoving && lane.waiting() > 0) {
      const other = idlest(to)
      isMoving = other !== lane && other.load() < lane.waiting() && lane.calls.giveTo(other.calls)
    }
  }
}
