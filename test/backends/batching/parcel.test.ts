import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Parcel, packParcels } from '../../../src/backends/batching/parcel.ts'
import type { BatchLimits, EncodedItem, PushItem } from '../../../src/model/backend.ts'
import { pushItem, run } from './items.ts'

interface Packing {
  readonly limits: BatchLimits
  readonly encode: (item: PushItem, cut: number) => EncodedItem | undefined
  readonly bytes?: () => number
}

async function pack(items: readonly PushItem[], { limits, encode, bytes = () => limits.bytes }: Packing) {
  const empty: number[] = []
  const tooLarge: number[] = []
  const parcels: Parcel[] = []
  const packing = packParcels(inOrder(items), {
    run,
    encoder: { encode },
    limits,
    bytes,
    onEmpty: ({ seq }) => empty.push(seq),
    onTooLarge: ({ seq }) => tooLarge.push(seq),
  })
  for await (const parcel of packing) parcels.push(parcel)
  return { parcels, empty, tooLarge }
}

async function* inOrder<T>(items: readonly T[]): AsyncGenerator<readonly T[], void> {
  for (let index = 0; index < items.length; index += 2) yield items.slice(index, index + 2)
}

function sizesOf({ items }: Parcel) {
  const spans = items.flatMap(({ encoded }) => encoded.spans)
  const metrics = items.flatMap(({ encoded }) => encoded.metrics)
  const bytes = [...spans, ...metrics].reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 0)
  return { bytes, spans: spans.length, metrics: metrics.length }
}

/** What an item is made into, and what is left of it at each cut. */
interface Shape {
  readonly spans: readonly number[]
  readonly metrics: readonly number[]
  readonly cuts: number
}

const shape: fc.Arbitrary<Shape> = fc.record({
  spans: fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 2 }),
  metrics: fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 4 }),
  cuts: fc.nat(3),
})

function encodeShapes(shapes: readonly Shape[]) {
  return ({ seq }: PushItem, cut: number): EncodedItem | undefined => {
    const found = shapes[seq - 1]
    if (found === undefined || cut > found.cuts || found.spans.length + found.metrics.length === 0) return undefined
    // Characters of two bytes: what counts is not how many there are.
    const text = (length: number) => 'ä'.repeat(length >> cut)
    return { seq, spans: found.spans.map(text), metrics: found.metrics.map(text) }
  }
}

describe('items packed into parcels', () => {
  it('keep their order, and come once', async () => {
    const property = fc.asyncProperty(fc.array(shape, { maxLength: 30 }), async (shapes) => {
      const items = shapes.map((_, index) => pushItem(index + 1))
      const limits = { bytes: 200, spans: 5, metrics: 8 }
      const { parcels, empty, tooLarge } = await pack(items, { limits, encode: encodeShapes(shapes) })
      const sent = parcels.flatMap((parcel) => parcel.items.map(({ item }) => item.seq))
      expect(sent).toEqual([...sent].sort((one, other) => one - other))
      expect([...sent, ...empty, ...tooLarge].sort((one, other) => one - other)).toEqual(items.map(({ seq }) => seq))
      for (const { spans, metrics } of empty.map((seq) => shapes[seq - 1] ?? { spans: [], metrics: [] })) {
        expect([...spans, ...metrics]).toEqual([])
      }
    })
    await fc.assert(property, { numRuns: 200 })
  })

  it('are within the limits of bytes, spans and metrics', async () => {
    const property = fc.asyncProperty(
      fc.array(shape, { maxLength: 30 }),
      fc.record({
        bytes: fc.integer({ min: 20, max: 400 }),
        spans: fc.integer({ min: 2, max: 6 }),
        metrics: fc.constant(4),
      }),
      async (shapes, limits) => {
        const items = shapes.map((_, index) => pushItem(index + 1))
        const { parcels } = await pack(items, { limits, encode: encodeShapes(shapes) })
        for (const parcel of parcels) {
          const sizes = sizesOf(parcel)
          expect(parcel.items.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(sizes.bytes)
          expect(sizes.bytes).toBeLessThanOrEqual(limits.bytes)
          expect(sizes.spans).toBeLessThanOrEqual(limits.spans)
          expect(sizes.metrics).toBeLessThanOrEqual(limits.metrics)
        }
      },
    )
    await fc.assert(property, { numRuns: 200 })
  })

  it('fill each parcel: the first item of the next one had no room', async () => {
    const items = Array.from({ length: 10 }, (_, index) => pushItem(index + 1))
    const encode = ({ seq }: PushItem) => ({ seq, spans: ['123456789'], metrics: [] })
    const { parcels } = await pack(items, { limits: { bytes: 40, spans: 100, metrics: 100 }, encode })
    expect(parcels.map((parcel) => parcel.items.length)).toEqual([4, 4, 2])
  })

  it('lose what is too large by itself, and no more than that', async () => {
    const shapes = [
      { spans: [10], metrics: [], cuts: 0 },
      { spans: [400], metrics: [], cuts: 3 },
      { spans: [900], metrics: [], cuts: 1 },
    ]
    const encode = encodeShapes(shapes)
    const items = [1, 2, 3].map((seq) => pushItem(seq))
    const { parcels, tooLarge } = await pack(items, { limits: { bytes: 250, spans: 9, metrics: 9 }, encode })
    expect(parcels.flatMap((parcel) => parcel.items.map(({ item, cut }) => [item.seq, cut]))).toEqual([
      [1, 0],
      [2, 2],
    ])
    expect(tooLarge).toEqual([3])
  })

  it('are sent in smaller parcels, but uncut, where only less is taken at once', async () => {
    const encode = ({ seq }: PushItem) => ({ seq, spans: ['x'.repeat(seq === 2 ? 90 : 9)], metrics: [] })
    const items = [1, 2, 3, 4].map((seq) => pushItem(seq))
    const limits = { bytes: 100, spans: 9, metrics: 9 }
    const { parcels } = await pack(items, { limits, encode, bytes: () => 20 })
    expect(parcels.map((parcel) => parcel.items.map(({ item, cut }) => [item.seq, cut]))).toEqual([
      [[1, 0]],
      [[2, 0]],
      [
        [3, 0],
        [4, 0],
      ],
    ])
  })
})
