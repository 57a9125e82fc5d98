import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BatchLimits } from '../../../src/model/backend.ts'
import { passTimeUntil } from '../../helpers/fake-clock.ts'
import { failed, type MemoryAnswer, type MemoryRequest, taken } from '../../helpers/memory-backend.ts'
import { type MemoryExperiment, memoryExperiment, memorySource, seqsToPush } from '../../helpers/memory-push.ts'
import { manyRows, openSpooler, push } from './spooling.ts'

const trouble: fc.Arbitrary<MemoryAnswer> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(taken) },
  {
    weight: 5,
    arbitrary: fc.constantFrom<MemoryAnswer>(
      failed('unreachable'),
      failed('unreachable', 3_000),
      failed('limited'),
      failed('limited', 2_000),
      failed('limited', 0),
      failed('too-large'),
      { kind: 'lost' },
      { kind: 'silent' },
    ),
  },
)

/** The process ends when so many requests were made, before or after the last was taken, or before it writes its nth entry. */
const kill = fc.record({ when: fc.constantFrom('asked', 'taken', 'writing'), number: fc.integer({ min: 1, max: 8 }) })

const story = fc.record({
  rows: fc.integer({ min: 1, max: 12 }),
  runs: fc.integer({ min: 1, max: 3 }),
  room: fc.integer({ min: 1, max: 5 }),
  troubles: fc.array(trouble, { maxLength: 25 }),
  kills: fc.array(kill, { maxLength: 4 }),
  seed: fc.nat(),
})

interface World {
  readonly experiment: MemoryExperiment
  readonly kept: Map<number, string[]>
  readonly limits: BatchLimits
  readonly seed: number
  answer(request: MemoryRequest): MemoryAnswer
}

describe('whatever a backend does, and however often the process is killed', () => {
  it('every item arrives, with the same bytes each time, and at most two requests are under way', async () => {
    const property = fc.asyncProperty(story, async ({ rows, runs, room, troubles, kills, seed }) => {
      const experiment = memoryExperiment(manyRows(rows, runs))
      const kept = new Map<number, string[]>()
      const answer = tell(troubles)
      const world: World = { experiment, kept, limits: { bytes: 100_000, spans: room, metrics: room }, seed, answer }
      for (const each of kills) await pushUntilKilled(world, each)
      await pushUntilDelivered(world)
      expect(inOrder(kept.keys())).toEqual(seqsToPush(experiment.events))
      for (const texts of kept.values()) expect(new Set(texts).size).toBe(1)
    })
    await fc.assert(property, { numRuns: 200 })
  })

  it('each item that was acknowledged is sent no more', async () => {
    const property = fc.asyncProperty(story, async ({ rows, runs, room, troubles, seed }) => {
      const experiment = memoryExperiment(manyRows(rows, runs))
      const kept = new Map<number, string[]>()
      // Nothing here makes it doubtful whether something was taken.
      const answer = tell(troubles.filter(({ kind }) => kind !== 'lost'))
      await pushUntilDelivered({
        experiment,
        kept,
        limits: { bytes: 100_000, spans: room, metrics: room },
        seed,
        answer,
      })
      for (const texts of kept.values()) expect(texts).toHaveLength(1)
    })
    await fc.assert(property, { numRuns: 100 })
  })

  it('nothing is sent any more once it was refused', async () => {
    const refusal = fc.record({
      request: fc.integer({ min: 1, max: 12 }),
      seed: fc.nat(),
      room: fc.integer({ min: 1, max: 4 }),
    })
    const property = fc.asyncProperty(refusal, async ({ request, seed, room }) => {
      const answer = ({ number }: MemoryRequest) => (number === request ? failed('refused') : taken)
      const limits = { bytes: 100_000, spans: room, metrics: room }
      const { backend, delivery } = await push(memoryExperiment(manyRows(60)), { answer, seed, limits })
      // The other one was under way already.
      expect(backend.requests.length).toBeLessThanOrEqual(request + 1)
      expect(delivery).toMatchObject({ status: 'undelivered', reason: 'it said refused' })
    })
    await fc.assert(property, { numRuns: 60 })
  })
})

/** One trouble after another, until there are no more. Only requests that can be made smaller are found too large. */
function tell(troubles: readonly MemoryAnswer[]) {
  const rest = [...troubles]
  return ({ items }: MemoryRequest): MemoryAnswer => {
    const next = rest.shift() ?? taken
    const isTooLarge = next.kind === 'failed' && next.failure.kind === 'too-large'
    return isTooLarge && items.length < 2 ? taken : next
  }
}

async function pushUntilDelivered(world: World): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    // A request that is never answered costs its process all the time it has.
    const { delivery, backend } = await push(world.experiment, { ...world, timeoutMs: 900_000 })
    expect(backend.mostInFlight).toBeLessThanOrEqual(2)
    if (delivery.status === 'delivered') return
    expect(attempt).toBeLessThan(30)
  }
}

async function pushUntilKilled(world: World, { when, number }: { when: string; number: number }): Promise<void> {
  let isKilled = false
  let noteKilled = (): void => {}
  const killed = new Promise<void>((resolve) => {
    noteKilled = resolve
  })
  const die = (): void => {
    isKilled = true
    noteKilled()
  }
  let entries = 0
  const process = {
    isKilled: () => isKilled,
    beforeWrite: () => {
      if (when === 'writing' && ++entries === number) die()
    },
  }
  const answer = (request: MemoryRequest): MemoryAnswer => {
    if (isKilled) return { kind: 'silent' }
    const isLast = when !== 'writing' && request.number === number
    if (isLast) die()
    if (isLast && when === 'asked') return { kind: 'silent' }
    return world.answer(request)
  }
  const { spooler, backend, clock } = openSpooler({ ...world, answer })
  spooler.add(memorySource(world.experiment, process)).ended()
  await passTimeUntil(Promise.race([killed, spooler.drain({ timeoutMs: 900_000 })]), clock)
  expect(backend.mostInFlight).toBeLessThanOrEqual(2)
  delete world.experiment.owner
}

function inOrder(seqs: Iterable<number>): number[] {
  return [...seqs].sort((one, other) => one - other)
}
