import { describe, expect, it } from 'vitest'
import { createPlace, fixedPlace, type PlaceDoor } from '../../src/engine/place.ts'
import { settle } from '../helpers/fake-clock.ts'

/** A door with one place behind it, which opens when the test says so. */
function fakeDoor(sleepersAdmitted: number) {
  let sleepers = 0
  let givenBack = 0
  const waiting: (() => void)[] = []
  const giveBack = (): void => {
    givenBack++
  }
  const door: PlaceDoor = {
    enter: () => new Promise((resolve) => waiting.push(() => resolve(giveBack))),
    admitSleeper() {
      if (sleepers >= sleepersAdmitted) return false
      sleepers++
      return true
    },
    removeSleeper: () => void sleepers--,
  }
  const state = () => ({ givenBack, waiting: waiting.length, sleepers })
  return { door, giveBack, state, open: () => waiting.shift()?.() }
}

/** A sleep that ends when the test says so. */
function nap() {
  let wake = (): void => {}
  const over = new Promise<void>((resolve) => {
    wake = resolve
  })
  return { wait: () => over, wake }
}

describe('the place of a unit', () => {
  it('is given back while its only call sleeps, and taken again when it wakes', async () => {
    const { door, giveBack, state, open } = fakeDoor(1)
    const place = createPlace(giveBack, door)
    place.fork(1)
    const { wait, wake } = nap()
    let isAwake = false
    const sleeping = place.sleep(wait).then(() => {
      isAwake = true
    })
    expect(state()).toEqual({ givenBack: 1, waiting: 0, sleepers: 1 })
    wake()
    await settle()
    expect(isAwake).toBe(false)
    expect(state()).toEqual({ givenBack: 1, waiting: 1, sleepers: 0 })
    open()
    await sleeping
    place.leave()
    expect(state().givenBack).toBe(2)
  })

  it('is kept while one of its calls is awake, and given back when that one ends', () => {
    const { door, giveBack, state } = fakeDoor(1)
    const place = createPlace(giveBack, door)
    place.fork(2)
    void place.sleep(nap().wait)
    expect(state().givenBack).toBe(0)
    place.join()
    expect(state().givenBack).toBe(1)
  })

  it('is taken once when several of its calls wake together', async () => {
    const { door, giveBack, state, open } = fakeDoor(1)
    const place = createPlace(giveBack, door)
    place.fork(2)
    const { wait, wake } = nap()
    const sleeping = Promise.all([place.sleep(wait), place.sleep(wait)])
    wake()
    await settle()
    expect(state().waiting).toBe(1)
    open()
    await sleeping
    place.leave()
    place.leave()
    expect(state().givenBack).toBe(2)
  })

  it('is kept where no more units may be asleep', async () => {
    const { door, giveBack, state } = fakeDoor(0)
    const place = createPlace(giveBack, door)
    place.fork(1)
    const { wait, wake } = nap()
    const sleeping = place.sleep(wait)
    expect(state().givenBack).toBe(0)
    wake()
    await sleeping
    expect(state()).toEqual({ givenBack: 0, waiting: 0, sleepers: 0 })
  })

  it('is taken again also when the sleep is cut short', async () => {
    const { door, giveBack, open } = fakeDoor(1)
    const place = createPlace(giveBack, door)
    place.fork(1)
    const sleeping = place.sleep(() => Promise.reject(new Error('stopped')))
    await settle()
    open()
    await expect(sleeping).rejects.toThrow('stopped')
  })

  it('never moves where nothing is tried again', async () => {
    fixedPlace.fork(1)
    let slept = false
    await fixedPlace.sleep(async () => {
      slept = true
    })
    fixedPlace.join()
    expect(slept).toBe(true)
  })
})
