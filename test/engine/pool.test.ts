import { describe, expect, it } from 'vitest'
import type { Place } from '../../src/engine/place.ts'
import { createPool as createPoolOf, type Pool } from '../../src/engine/pool.ts'
import { settle } from '../helpers/fake-clock.ts'

/** Units that begin when the pool lets them and end when the test says so. */
function units() {
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const work =
    (name: string, body: (place: Place) => Promise<void> = async () => {}) =>
    async (place: Place) => {
      begun.push(name)
      place.fork(1)
      await body(place)
      await new Promise<void>((resolve) => ends.set(name, resolve))
    }
  return { begun, work, end: (name: string) => ends.get(name)?.() }
}

type Work = (place: Place) => Promise<void>

function createPool(limits: { readonly jobs: number; readonly maxRetries: number }): Pool<Work> {
  return createPoolOf<Work>({ ...limits, run: (work, place) => work(place), ended() {} })
}

describe('the pool', () => {
  it('begins as many units as there are jobs, the others in order as places become free', async () => {
    const pool = createPool({ jobs: 2, maxRetries: 0 })
    const { begun, work, end } = units()
    for (const name of ['a', 'b', 'c', 'd']) pool.add(work(name))
    await settle()
    expect(begun).toEqual(['a', 'b'])
    end('b')
    await settle()
    expect(begun).toEqual(['a', 'b', 'c'])
  })

  it('lets as many units wait as there are jobs', async () => {
    const pool = createPool({ jobs: 2, maxRetries: 0 })
    const { work, end } = units()
    for (const name of ['a', 'b', 'c', 'd']) {
      expect(pool.ready()).toBeUndefined()
      pool.add(work(name))
    }
    let isReady = false
    void pool.ready()?.then(() => {
      isReady = true
    })
    await settle()
    expect(isReady).toBe(false)
    end('a')
    await settle()
    expect(isReady).toBe(true)
  })

  it('is idle when every unit has ended, and at once when there was none', async () => {
    const pool = createPool({ jobs: 1, maxRetries: 0 })
    await pool.idle()
    const { work, end } = units()
    pool.add(work('a'))
    pool.add(work('b'))
    let isIdle = false
    const idle = pool.idle().then(() => {
      isIdle = true
    })
    await settle()
    end('a')
    await settle()
    expect(isIdle).toBe(false)
    end('b')
    await idle
  })

  it('begins another unit while one sleeps, and wakes that one before new ones', async () => {
    const pool = createPool({ jobs: 1, maxRetries: 1 })
    const { begun, work, end } = units()
    let wake = (): void => {}
    const sleep = async (place: Place): Promise<void> => {
      await place.sleep(
        () =>
          new Promise((resolve) => {
            wake = resolve
          }),
      )
      begun.push('a again')
    }
    pool.add(work('a', sleep))
    for (const name of ['b', 'c']) pool.add(work(name))
    await settle()
    expect(begun).toEqual(['a', 'b'])
    wake()
    end('b')
    await settle()
    expect(begun).toEqual(['a', 'b', 'a again'])
    end('a')
    await settle()
    expect(begun.at(-1)).toBe('c')
  })

  it('has at most twice as many units asleep as jobs', async () => {
    const pool = createPool({ jobs: 3, maxRetries: 1 })
    const { begun, work } = units()
    for (let index = 0; index < 20; index++) {
      pool.add(work(`u${index}`, (place) => place.sleep(() => new Promise(() => {}))))
    }
    await settle()
    expect(begun.length).toBe(9)
  })
})
