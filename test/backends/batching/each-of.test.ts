import { describe, expect, it } from 'vitest'
import { eachOf } from '../../../src/backends/batching/each-of.ts'
import { settle } from '../../helpers/fake-clock.ts'

/** Work that ends when the test says so. */
function heldWork() {
  const begun: number[] = []
  const ends = new Map<number, { readonly finish: () => void; readonly fail: (error: Error) => void }>()
  let taken = 0
  async function* items(count: number): AsyncGenerator<number, void> {
    while (taken < count) yield ++taken
  }
  const work = (item: number): Promise<void> => {
    begun.push(item)
    return new Promise((finish, fail) => ends.set(item, { finish, fail }))
  }
  return {
    begun,
    items,
    work,
    taken: () => taken,
    finish: (item: number) => ends.get(item)?.finish(),
    fail: (item: number) => ends.get(item)?.fail(new Error(`item ${item} failed`)),
  }
}

describe('work on items as they come', () => {
  it('is done on so many at once, and no more are taken ahead', async () => {
    const held = heldWork()
    const done = eachOf(held.items(5), 2, held.work)
    await settle()
    expect(held.begun).toEqual([1, 2])
    expect(held.taken()).toBe(2)
    held.finish(2)
    await settle()
    expect(held.begun).toEqual([1, 2, 3])
    for (const item of [1, 3]) held.finish(item)
    await settle()
    for (const item of [4, 5]) held.finish(item)
    await done
    expect(held.begun).toEqual([1, 2, 3, 4, 5])
  })

  it('ends with the first failure, when what is under way has ended', async () => {
    const held = heldWork()
    let end: unknown
    eachOf(held.items(5), 2, held.work).catch((error: unknown) => {
      end = error
    })
    await settle()
    held.fail(1)
    await settle()
    expect(end).toBeUndefined()
    held.fail(2)
    await settle()
    expect(end).toEqual(new Error('item 1 failed'))
    expect(held.begun).toEqual([1, 2])
  })

  it('is ended before it fails with what the items failed with', async () => {
    const held = heldWork()
    async function* broken(): AsyncGenerator<number, void> {
      yield 1
      throw new Error('no more items')
    }
    let end: unknown
    eachOf(broken(), 2, held.work).catch((error: unknown) => {
      end = error
    })
    await settle()
    expect(end).toBeUndefined()
    held.finish(1)
    await settle()
    expect(end).toEqual(new Error('no more items'))
  })
})
