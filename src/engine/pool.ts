import PQueue from 'p-queue'
import { createPlace, fixedPlace, type Place, type PlaceDoor } from './place.ts'
import type { Plan } from './plan.ts'

/**
 * Holds the units: at most `jobs` of them are begun and neither finished nor asleep, and at most `jobs` more wait to begin.
 * p-queue keeps the places.
 */
export interface Pool {
  /** Resolves when there is room for one more waiting unit; undefined when there is. */
  ready(): Promise<void> | undefined
  /** Begins a unit as soon as there is a place. `work` must not reject. */
  add(work: (place: Place) => Promise<void>): void
  /** Resolves when every unit that was added has ended. */
  idle(): Promise<void>
}

const NEW_UNIT = 0
const WOKEN_UNIT = 1

export function createPool({ jobs, maxRetries }: Pick<Plan, 'jobs' | 'maxRetries'>): Pool {
  const queue = new PQueue({ concurrency: jobs })
  let units = 0
  let sleepers = 0
  let wakeFeeder = (): void => {}
  let wakeIdle = (): void => {}

  const enter = (priority: number): Promise<() => void> =>
    new Promise((entered) => {
      void queue.add(() => new Promise<void>((leave) => entered(leave)), { priority })
    })
  const door: PlaceDoor = {
    enter: () => enter(WOKEN_UNIT),
    // Without a bound a failing provider would have the whole dataset begun and asleep at once.
    admitSleeper() {
      if (sleepers >= 2 * jobs) return false
      sleepers++
      return true
    },
    removeSleeper() {
      sleepers--
    },
  }

  const runUnit = async (work: (place: Place) => Promise<void>): Promise<void> => {
    const giveBack = await enter(NEW_UNIT)
    if (queue.size < jobs) wakeFeeder()
    const place = maxRetries === 0 ? fixedPlace(giveBack) : createPlace(giveBack, door)
    await work(place)
    place.leave()
    units--
    if (units === 0) wakeIdle()
  }

  return {
    ready() {
      if (queue.size < jobs) return undefined
      return new Promise((resolve) => {
        wakeFeeder = resolve
      })
    },
    add(work) {
      units++
      void runUnit(work)
    },
    idle() {
      if (units === 0) return Promise.resolve()
      return new Promise((resolve) => {
        wakeIdle = resolve
      })
    },
  }
}
