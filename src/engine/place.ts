/**
 * A unit's place among those that are begun. It is given back while all calls that the unit still waits for are asleep between
 * attempts, and taken again, ahead of new units, when the first of them wakes.
 */
export interface Place {
  /** The unit makes so many calls at once from here on. */
  fork(calls: number): void
  /** One of these calls has ended. */
  join(): void
  /** One of these calls sleeps; resolves when it is awake and the unit has a place. */
  sleep(wait: () => Promise<void>): Promise<void>
  /** The unit has ended. */
  leave(): void
}

export interface PlaceDoor {
  /** Resolves with what gives the place back. */
  enter(): Promise<() => void>
  /** Whether one more unit may be asleep; counts it when it may. */
  admitSleeper(): boolean
  removeSleeper(): void
}

type Hold =
  | { readonly status: 'held'; readonly giveBack: () => void }
  | { readonly status: 'away' }
  | { readonly status: 'entering'; readonly entered: Promise<void> }

/** The place of units that never sleep: whoever gave it takes it back when they end. */
export const fixedPlace: Place = { fork: ignore, join: ignore, sleep: (wait) => wait(), leave: ignore }

function ignore(): void {}

export function createPlace(giveBack: () => void, door: PlaceDoor): Place {
  let hold: Hold = { status: 'held', giveBack }
  let awake = 0
  let asleep = 0

  const leaveWhenAllSleep = (): void => {
    if (hold.status !== 'held' || awake > 0 || asleep === 0 || !door.admitSleeper()) return
    const { giveBack } = hold
    hold = { status: 'away' }
    giveBack()
  }
  const comeBack = async (): Promise<void> => {
    door.removeSleeper()
    const giveBack = await door.enter()
    hold = { status: 'held', giveBack }
  }

  return {
    fork(calls) {
      awake = calls
    },
    join() {
      awake--
      leaveWhenAllSleep()
    },
    async sleep(wait) {
      awake--
      asleep++
      leaveWhenAllSleep()
      try {
        await wait()
      } finally {
        asleep--
        awake++
        if (hold.status === 'away') hold = { status: 'entering', entered: comeBack() }
        if (hold.status === 'entering') await hold.entered
      }
    },
    leave() {
      if (hold.status === 'held') hold.giveBack()
      hold = { status: 'away' }
    },
  }
}
