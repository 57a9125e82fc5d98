import PQueue from 'p-queue'
import { createPlace, fixedPlace, type Place, type PlaceDoor } from './place.ts'
import type { Plan } from './plan.ts'

/** Units that wait to begin: enough to fill places as they become free, few enough to cost no memory. */
export const MAX_WAITING = 64

/**
 * Holds the units: at most `jobs` of them are begun and neither finished nor asleep, and at most as many more, and no more than
 * `MAX_WAITING`, wait to begin. p-queue keeps the places: a task of it is a place that takes one unit after another. A task for
 * each unit would be half of what the engine costs.
 */
export interface Pool<U> {
  /** Resolves when there is room for one more waiting unit; undefined when there is. */
  ready(): Promise<void> | undefined
  /** Begins a unit as soon as there is a place. */
  add(unit: U): void
  /** Resolves when every unit that was added has ended. */
  idle(): Promise<void>
}

export interface PoolOptions<U> extends Pick<Plan, 'jobs' | 'maxRetries'> {
  /** Takes a unit to its end; must not reject. */
  run(unit: U, place: Place): Promise<void>
  ended(unit: U): void
}

export function createPool<U>(options: PoolOptions<U>): Pool<U> {
  const { jobs, maxRetries, run } = options
  const places = new PQueue({ concurrency: jobs })
  const maxWaiting = Math.min(jobs, MAX_WAITING)
  const newUnits: U[] = []
  /** Units that have slept, each with what lets it go on until it leaves its place again. */
  const wokenUnits: (() => Promise<void>)[] = []
  let taken = 0
  let units = 0
  let sleepers = 0
  let wakeFeeder = (): void => {}
  let wakeIdle = (): void => {}

  const ended = (unit: U): void => {
    units--
    options.ended(unit)
    if (units === 0) wakeIdle()
  }
  /** Until the unit has ended, or has left its place to sleep. */
  const runInMovablePlace = (unit: U): Promise<void> =>
    new Promise((leave) => {
      const place = createPlace(leave, door)
      void run(unit, place).then(() => {
        place.leave()
        ended(unit)
      })
    })
  const begin = (unit: U): Promise<void> =>
    maxRetries === 0 ? run(unit, fixedPlace).then(() => ended(unit)) : runInMovablePlace(unit)
  /** What the next free place is for; undefined when nothing waits. */
  const next = (): Promise<void> | undefined => {
    const goOn = wokenUnits.shift()
    if (goOn !== undefined) return goOn()
    const unit = newUnits.shift()
    if (unit === undefined) return undefined
    wakeFeeder()
    return begin(unit)
  }
  const usePlace = async (): Promise<void> => {
    for (let turn = next(); turn !== undefined; turn = next()) await turn
    taken--
  }
  const takePlace = (): void => {
    if (taken === jobs) return
    taken++
    void places.add(usePlace)
  }
  const door: PlaceDoor = {
    enter: () =>
      new Promise((entered) => {
        wokenUnits.push(() => new Promise<void>((leave) => entered(leave)))
        takePlace()
      }),
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

  return {
    ready() {
      if (newUnits.length < maxWaiting) return undefined
      return new Promise((resolve) => {
        wakeFeeder = resolve
      })
    },
    add(unit) {
      units++
      newUnits.push(unit)
      takePlace()
    },
    idle() {
      if (units === 0) return Promise.resolve()
      return new Promise((resolve) => {
        wakeIdle = resolve
      })
    },
  }
}
