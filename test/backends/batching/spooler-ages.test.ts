import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isTooOld, type Restamp, restampAround, timeOf } from '../../../src/backends/batching/item-times.ts'
import type { RunEvent } from '../../../src/model/events.ts'
import { createFakeClock, passTimeUntil, settle } from '../../helpers/fake-clock.ts'
import { failed, type MemoryRequest, taken } from '../../helpers/memory-backend.ts'
import { type MemoryExperiment, memoryExperiment, memorySource } from '../../helpers/memory-push.ts'
import { manyRows, openSpooler, push } from './spooling.ts'

const HOUR = 3_600_000
const NOW = createFakeClock().now()

/** An experiment that began so many hours ago and whose events are equally far apart up to its end. */
function aged(rows: number, { began, ended }: { readonly began: number; readonly ended: number }): MemoryExperiment {
  const events = manyRows(rows)
  const step = ((began - ended) * HOUR) / events.length
  return memoryExperiment(
    events.map((event, index): RunEvent => {
      const at = NOW - began * HOUR + index * step
      return 'startedAt' in event ? { ...event, at, startedAt: at } : { ...event, at }
    }),
  )
}

function timesOf(texts: Iterable<readonly string[]>): { at: number; original?: number }[] {
  return [...texts].flatMap((sent) =>
    sent.map((text) => {
      const { spans, metrics }: { spans: string[]; metrics: string[] } = JSON.parse(text)
      return JSON.parse(spans[0] ?? metrics[0] ?? '{}')
    }),
  )
}

describe('results that are older than a day', () => {
  it('are not sent, and it is said what could be done', async () => {
    const experiment = aged(5, { began: 26, ended: 25 })
    const { delivery, backend } = await push(experiment)
    expect(backend.taken.size).toBe(0)
    expect(delivery).toMatchObject({
      status: 'undelivered',
      pending: 10,
      rejected: 0,
      reason: '10 events are older than 24 hours, which memory.example refuses: --restamp sends them with new times',
    })
  })

  it('stay behind alone: what is younger is sent', async () => {
    const experiment = aged(100, { began: 48, ended: 0 })
    const { delivery, backend } = await push(experiment)
    const pending = delivery.status === 'undelivered' ? delivery.pending : 0
    expect(pending).toBeGreaterThan(80)
    expect(backend.taken.size).toBe(200 - pending)
    for (const { at } of timesOf(backend.taken.values())) expect(NOW - at).toBeLessThanOrEqual(24 * HOUR)
    expect(backend.outcomes).toHaveLength(1)
  })

  it('are never found out by the backend: it is told nothing of such an age', async () => {
    const property = fc.asyncProperty(
      fc.record({
        began: fc.integer({ min: 1, max: 100 }),
        lasted: fc.integer({ min: 0, max: 100 }),
        restamp: fc.boolean(),
      }),
      async ({ began, lasted, restamp }) => {
        const experiment = aged(20, { began, ended: Math.max(began - lasted, 0) })
        const { delivery, backend } = await push(experiment, { restamp })
        for (const { at } of timesOf(backend.taken.values())) {
          expect(NOW - at).toBeLessThan(24 * HOUR)
          expect(at).toBeLessThanOrEqual(NOW + 60_000)
        }
        if (restamp) expect(delivery).toMatchObject({ status: 'delivered', spans: 20, metrics: 20 })
      },
    )
    await fc.assert(property, { numRuns: 100 })
  })

  it('are sent with new times where that was asked for, at the same distances, and the old time beside them', async () => {
    const experiment = aged(5, { began: 30, ended: 29 })
    const { delivery, backend } = await push(experiment, { restamp: true })
    expect(delivery).toMatchObject({ status: 'delivered', spans: 5, metrics: 5 })
    const offsets = timesOf(backend.taken.values()).map(({ at, original = 0 }) => at - original)
    expect(new Set(offsets.map(Math.round)).size).toBe(1)
  })

  it('have their new times written down before they are sent, and keep them', async () => {
    const experiment = aged(20, { began: 30, ended: 29 })
    const kept = new Map<number, string[]>()
    const limits = { bytes: 100_000, spans: 2, metrics: 2 }
    const answer = ({ number, kind }: MemoryRequest) => {
      if (kind !== 'write') return taken
      expect(experiment.entries.some(({ type }) => type === 'restamped')).toBe(true)
      return number < 4 ? ({ kind: 'lost' } as const) : failed('refused')
    }
    await push(experiment, { kept, limits, answer, restamp: true })
    // A later process, hours later, and without being asked again.
    const clock = createFakeClock()
    clock.advance(3 * HOUR)
    const { delivery } = await push(experiment, { kept, limits, clock })
    expect(delivery).toMatchObject({ status: 'delivered', spans: 20 })
    expect([...kept.values()].filter((texts) => texts.length > 1).length).toBeGreaterThan(0)
    for (const texts of kept.values()) expect(new Set(texts).size).toBe(1)
  })

  it('are given new times once more when the new ones have become too old too', async () => {
    const experiment = aged(5, { began: 30, ended: 29 })
    const refused = ({ kind }: MemoryRequest) => (kind === 'write' ? failed('refused') : taken)
    await push(experiment, { restamp: true, answer: refused })
    const clock = createFakeClock()
    clock.advance(40 * HOUR)
    expect((await push(experiment, { clock })).delivery).toMatchObject({ status: 'undelivered', pending: 10 })
    const { delivery, backend } = await push(experiment, { clock, restamp: true })
    expect(delivery).toMatchObject({ status: 'delivered', spans: 5 })
    for (const { at } of timesOf(backend.taken.values())) expect(clock.now() - at).toBeLessThan(13 * HOUR)
  })

  it('are left where they became so while the backend was away', async () => {
    const clock = createFakeClock()
    const experiment = memoryExperiment(manyRows(5))
    const answer = () => (clock.monotonic() < 25 * HOUR ? failed('unreachable') : taken)
    const { spooler, backend } = openSpooler({
      clock,
      answer: (request) => (request.kind === 'open' ? taken : answer()),
    })
    const { runFinished } = spooler.add(memorySource(experiment))
    runFinished()
    while (clock.monotonic() < 25 * HOUR + 60_000) {
      await settle()
      clock.next()
    }
    const deliveries = await passTimeUntil(spooler.drain({ timeoutMs: 60_000 }), clock)
    expect(backend.taken.size).toBe(0)
    expect(deliveries.get('exp-1')).toMatchObject({ status: 'undelivered', pending: 10, rejected: 0 })
    expect(deliveries.get('exp-1')).toMatchObject({ reason: expect.stringContaining('--restamp') })
  })
})

describe('results that will soon be older than a day', () => {
  it.each([
    { began: 21, word: 'it began 21 hours ago, and memory.example refuses what is older than 24' },
    { began: 19, word: '' },
  ])('are worth a word when they were not delivered: $began hours', async ({ began, word }) => {
    const { delivery } = await push(aged(5, { began, ended: began - 1 }), { answer: () => failed('refused') })
    const expected = word === '' ? 'it said refused' : `it said refused; ${word}`
    expect(delivery).toMatchObject({ status: 'undelivered', reason: expected })
  })
})

describe('the time of an item', () => {
  it('is its own where it was given no other', () => {
    expect(timeOf(500, [{ from: 501, to: 600, offset: 1_000 }])).toEqual({ at: 500 })
  })

  it('is the one that it was given last', () => {
    const restamps = [
      { from: 0, to: 1_000, offset: 5 },
      { from: 500, to: 500, offset: 7 },
      { from: 501, to: 2_000, offset: 9 },
    ]
    expect(timeOf(500, restamps)).toEqual({ at: 507, original: 500 })
    expect(timeOf(1_000, restamps)).toEqual({ at: 1_009, original: 1_000 })
    expect(timeOf(0, restamps)).toEqual({ at: 5, original: 0 })
  })

  it('does not change when others are given new ones', () => {
    const now = 2 ** 42
    const times = fc.array(fc.integer({ min: 1, max: 40 * 60 }), { minLength: 20, maxLength: 60 })
    fc.assert(
      fc.property(times, (ages) => {
        const restamps: Restamp[] = []
        const given = new Map<number, number>()
        for (const at of ages.map((minutes) => now - 24 * HOUR - minutes * 60_000)) {
          if (isTooOld(timeOf(at, restamps), now)) restamps.push(restampAround(at, now, restamps))
          given.set(at, timeOf(at, restamps).at)
          for (const [other, time] of given) expect(timeOf(other, restamps).at).toBe(time)
        }
      }),
    )
  })

  it('is young once it was given a new one, and never lies ahead', () => {
    const times = fc.record({
      at: fc.integer({ min: 1, max: 2 ** 42 }),
      later: fc.integer({ min: 24 * HOUR, max: 2 ** 42 }),
    })
    fc.assert(
      fc.property(times, ({ at, later }) => {
        const now = at + later
        const time = timeOf(at, [restampAround(at, now, [])])
        expect(isTooOld(time, now)).toBe(false)
        expect(time.at).toBeLessThanOrEqual(now)
        expect(time.original).toBe(at)
      }),
    )
  })
})
