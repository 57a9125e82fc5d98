import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deliver, StaleItemsError } from '../../../src/backends/batching/deliver.ts'
import type { PackedItem } from '../../../src/backends/batching/parcel.ts'
import { BackendError, type WriteResult } from '../../../src/model/backend.ts'
import { encodeKey, packed } from './items.ts'

type Send = (items: readonly PackedItem[]) => WriteResult

const allTaken: WriteResult = { rejected: [] }

function seqs(items: readonly PackedItem[]): number[] {
  return items.map(({ item }) => item.seq)
}

/** Delivers items and says what became of each, and what was asked of the backend. */
async function run(items: readonly PackedItem[], send: Send, isStale = (_item: PackedItem) => false) {
  const accepted: PackedItem[] = []
  const rejected: [seq: number, reason: string][] = []
  const left: number[] = []
  const requests: number[][] = []
  const tooLarge: number[] = []
  const ended = deliver(
    { items },
    {
      encoder: { encode: encodeKey },
      async send(some) {
        requests.push(seqs(some))
        return send(some)
      },
      accepted: (some) => accepted.push(...some),
      rejected: ({ item }, reason) => rejected.push([item.seq, reason]),
      isStale,
      left: (some) => left.push(...seqs(some)),
      tooLarge: (bytes) => tooLarge.push(bytes),
    },
  )
  const failure = await ended.then(
    () => undefined,
    (error: unknown) => error,
  )
  return { accepted, rejected, left, requests, tooLarge, failure }
}

function invalid(message = 'Invalid value'): BackendError {
  return new BackendError(message, { kind: 'invalid' })
}

/** Refuses each request that holds one of these. */
function refusing(bad: ReadonlySet<number>): Send {
  return (items) => {
    if (items.some(({ item }) => bad.has(item.seq))) throw invalid()
    return allTaken
  }
}

function upTo(count: number): PackedItem[] {
  return Array.from({ length: count }, (_, index) => packed(index + 1))
}

describe('a parcel', () => {
  it('is taken by one request where nothing is wrong', async () => {
    const { accepted, requests, rejected } = await run(upTo(5), () => allTaken)
    expect(requests).toEqual([[1, 2, 3, 4, 5]])
    expect(seqs(accepted)).toEqual([1, 2, 3, 4, 5])
    expect(rejected).toEqual([])
  })

  it('loses its one invalid item, in 2·log2(N) + 2 requests at most, and no other', async () => {
    const property = fc.asyncProperty(fc.integer({ min: 1, max: 700 }), fc.nat(), async (count, pick) => {
      const bad = 1 + (pick % count)
      const { accepted, rejected, requests } = await run(upTo(count), refusing(new Set([bad])))
      expect(rejected).toEqual([[bad, 'Invalid value']])
      expect(seqs(accepted)).toEqual(seqs(upTo(count)).filter((seq) => seq !== bad))
      expect(requests.length).toBeLessThanOrEqual(2 * Math.log2(count) + 2)
    })
    await fc.assert(property, { numRuns: 150 })
  })

  it('of 200 items is delivered around any invalid one in 17 requests at most', async () => {
    for (const bad of seqs(upTo(200))) {
      const { accepted, requests } = await run(upTo(200), refusing(new Set([bad])))
      expect(accepted).toHaveLength(199)
      expect(requests.length).toBeLessThanOrEqual(17)
    }
  })

  it('loses each invalid item, and no other, wherever they are', async () => {
    const parcel = fc.integer({ min: 1, max: 60 }).chain((count) =>
      fc.record({
        count: fc.constant(count),
        bad: fc.uniqueArray(fc.integer({ min: 1, max: count }), { maxLength: Math.min(count - 1, 15) }),
      }),
    )
    const property = fc.asyncProperty(parcel, async ({ count, bad }) => {
      const { accepted, rejected, failure } = await run(upTo(count), refusing(new Set(bad)))
      expect(failure).toBeUndefined()
      expect(rejected.map(([seq]) => seq).sort()).toEqual([...bad].sort())
      expect(seqs(accepted).sort()).toEqual(
        seqs(upTo(count))
          .filter((seq) => !bad.includes(seq))
          .sort(),
      )
    })
    await fc.assert(property, { numRuns: 150 })
  })

  it('never sends an item again that was taken', async () => {
    const taken = new Set<number>()
    const { failure } = await run(upTo(64), (items) => {
      if (items.some(({ item }) => item.seq % 13 === 0)) throw invalid()
      for (const { item } of items) {
        expect(taken.has(item.seq)).toBe(false)
        taken.add(item.seq)
      }
      return allTaken
    })
    expect(failure).toBeUndefined()
    expect(taken.size).toBe(60)
  })

  it('loses nothing where items are invalid only together', async () => {
    const { accepted, rejected } = await run(upTo(16), (items) => {
      if (items.length > 3) throw invalid('too many of them')
      return allTaken
    })
    expect(rejected).toEqual([])
    expect(accepted).toHaveLength(16)
  })

  it('sets a few items aside when all of them are invalid', async () => {
    const { rejected, failure } = await run(upTo(3), refusing(new Set([1, 2, 3])))
    expect(failure).toBeUndefined()
    expect(rejected.map(([seq]) => seq)).toEqual([1, 2, 3])
  })

  it('blames no item when the backend takes none: it ends, and nothing is set aside', async () => {
    const { accepted, rejected, requests, failure } = await run(upTo(500), () => {
      throw invalid('unknown run')
    })
    expect(failure).toMatchObject({ message: 'unknown run', failure: { kind: 'invalid' } })
    expect([...accepted, ...rejected]).toEqual([])
    expect(requests.length).toBeLessThan(60)
  })

  it('sets aside what an answer names, and keeps the rest as taken', async () => {
    const { accepted, rejected, requests } = await run(upTo(4), () => ({
      rejected: [
        { index: 1, reason: 'no label' },
        { index: 3, reason: 'no time' },
        { index: 99, reason: 'there is none' },
      ],
    }))
    expect(seqs(accepted)).toEqual([1, 3])
    expect(rejected).toEqual([
      [2, 'no label'],
      [4, 'no time'],
    ])
    expect(requests).toHaveLength(1)
  })

  it('is halved where it is too large, without asking twice for one size', async () => {
    const items = Array.from({ length: 8 }, (_, index) => packed(index + 1, 'x'.repeat(9)))
    const { accepted, requests, tooLarge } = await run(items, (some) => {
      if (some.length > 2) throw new BackendError('413', { kind: 'too-large' })
      return allTaken
    })
    expect(accepted).toHaveLength(8)
    expect(requests.map(({ length }) => length)).toEqual([8, 4, 2, 2, 2, 2])
    expect(tooLarge).toEqual([80, 40, 40])
  })

  it('cuts an item that is too large by itself step by step, and the others not at all', async () => {
    const items = [packed(1), packed(2, 'x'.repeat(1_000)), packed(3)]
    const { accepted, rejected } = await run(items, (some) => {
      const bytes = some.reduce((sum, item) => sum + item.bytes, 0)
      if (bytes > 300) throw new BackendError('413', { kind: 'too-large' })
      return allTaken
    })
    expect(rejected).toEqual([])
    expect(accepted.map(({ item, cut }) => [item.seq, cut]).sort()).toEqual([
      [1, 0],
      [2, 2],
      [3, 0],
    ])
    expect(accepted.find(({ item }) => item.seq === 2)?.encoded.spans).toEqual(['x'.repeat(250)])
  })

  it('sets an item aside that stays too large', async () => {
    const { accepted, rejected } = await run([packed(1), packed(2, 'x'.repeat(1_000))], (some) => {
      if (some.some(({ item }) => item.seq === 2)) throw new BackendError('too large for us', { kind: 'too-large' })
      return allTaken
    })
    expect(seqs(accepted)).toEqual([1])
    expect(rejected).toEqual([[2, 'too large for us']])
  })

  it('leaves what has become too old while it waited, and sends the rest', async () => {
    const isStale = ({ item }: PackedItem): boolean => item.seq % 2 === 0
    const send: Send = (items) => {
      if (items.some(isStale)) throw new StaleItemsError()
      return allTaken
    }
    const { accepted, rejected, left } = await run(upTo(5), send, isStale)
    expect(seqs(accepted)).toEqual([1, 3, 5])
    expect(left).toEqual([2, 4])
    expect(rejected).toEqual([])
  })

  it.each(['refused', 'unreachable', 'limited'] as const)('ends when the backend is %s', async (kind) => {
    let requests = 0
    const { accepted, rejected, failure } = await run(upTo(8), () => {
      requests++
      if (requests === 1) throw invalid()
      if (requests === 3) throw new BackendError('no more', { kind })
      return allTaken
    })
    expect(failure).toMatchObject({ message: 'no more' })
    expect(seqs(accepted)).toEqual([1, 2, 3, 4])
    expect(rejected).toEqual([])
    expect(requests).toBe(3)
  })

  it('is told what is invalid before it ends, once the backend has taken something', async () => {
    const { rejected, failure } = await run(upTo(4), (items) => {
      if (items.some(({ item }) => item.seq === 1)) throw invalid()
      if (items.some(({ item }) => item.seq === 3)) throw new BackendError('no more', { kind: 'refused' })
      return allTaken
    })
    expect(failure).toMatchObject({ message: 'no more' })
    expect(rejected).toEqual([[1, 'Invalid value']])
  })

  it('passes on what is no failure of the backend', async () => {
    const { failure } = await run(upTo(8), () => {
      throw new TypeError('a defect')
    })
    expect(failure).toBeInstanceOf(TypeError)
  })
})
