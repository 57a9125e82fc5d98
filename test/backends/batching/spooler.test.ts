import { describe, expect, it } from 'vitest'
import type { EventBody, RunEvent } from '../../../src/model/events.ts'
import { experimentEvents, stamped, taskError, unitEvents } from '../../helpers/events.ts'
import { createFakeClock } from '../../helpers/fake-clock.ts'
import { failed, type MemoryRequest, taken } from '../../helpers/memory-backend.ts'
import { memoryExperiment, seqsToPush } from '../../helpers/memory-push.ts'
import { manyRows, push, scored } from './spooling.ts'

const runId = 'c9f0f895-fb98-4b91-9d47-000000000001'

function kinds(requests: readonly MemoryRequest[]): string {
  return requests.map(({ kind }) => kind).join(' ')
}

function withoutEnd(events: readonly RunEvent[]): RunEvent[] {
  return events.filter(({ type }) => type !== 'run-finished' && type !== 'experiment-finished')
}

describe('an experiment that is pushed', () => {
  it('arrives as a whole, and the backend is told what it came to', async () => {
    const experiment = memoryExperiment(manyRows(20, 2))
    const { delivery, backend } = await push(experiment)
    expect(delivery).toEqual({
      status: 'delivered',
      backend: 'memory',
      place: 'memory.example',
      link: 'https://memory.example/e-1',
      spans: 40,
      metrics: 40,
    })
    expect([...backend.taken.keys()].sort()).toEqual(seqsToPush(experiment.events).sort())
    expect(backend.outcomes).toEqual([{ status: 'passed', exitCode: 0 }])
    expect(kinds(backend.requests)).toBe('open write write close')
    expect(experiment.owner).toBeUndefined()
  })

  it('is left alone by the next push, which has nothing to ask the backend', async () => {
    const experiment = memoryExperiment(manyRows(20))
    const first = await push(experiment)
    const second = await push(experiment)
    expect(second.delivery).toEqual(first.delivery)
    expect(second.backend.requests).toEqual([])
  })

  it('brings the summaries of its runs along', async () => {
    const events = experimentEvents().map((event): RunEvent => {
      if (event.type !== 'run-finished') return event
      return { ...event, summaries: [{ name: 'share', status: 'ok', type: 'score', value: 0.5 }] }
    })
    const { delivery, backend } = await push(memoryExperiment(events))
    expect(delivery).toMatchObject({ status: 'delivered', metrics: 1 })
    const seq = events.find(({ type }) => type === 'run-finished')?.seq ?? 0
    expect(backend.taken.get(seq)?.[0]).toContain('share')
  })

  it('sends nothing of rows that were cancelled or skipped, and errors of the others', async () => {
    const row = (key: string, status: 'cancelled' | 'skipped'): EventBody[] => [
      ...unitEvents({ key, evaluators: scored }).slice(0, -1),
      { type: 'row-finished', key, iteration: 1, generation: 0, status },
    ]
    const events = stamped([
      { type: 'run-started', iteration: 1, runId },
      ...row('a', 'cancelled'),
      ...row('b', 'skipped'),
      ...unitEvents({ key: 'c', task: taskError('boom') }),
      { type: 'run-finished', iteration: 1, summaries: [] },
    ])
    const { delivery, backend } = await push(memoryExperiment(events))
    expect(delivery).toMatchObject({ status: 'delivered', spans: 1, metrics: 0 })
    expect([...backend.taken.values()].flat().join()).toContain('boom')
  })

  it('is interrupted, for the backend, when its process was gone before its end', async () => {
    const experiment = memoryExperiment(withoutEnd(manyRows(3)))
    const { delivery, backend } = await push(experiment)
    expect(delivery).toMatchObject({ status: 'delivered', spans: 3 })
    expect(backend.outcomes).toMatchObject([{ status: 'stopped', exitCode: 4 }])
  })

  it('is complete also where there is nothing to send of an event', async () => {
    const experiment = memoryExperiment(manyRows(3))
    const encode = () => undefined
    expect((await push(experiment, { encode })).delivery).toMatchObject({ status: 'delivered', spans: 0, metrics: 0 })
    const again = await push(experiment, { encode })
    expect(again.delivery).toMatchObject({ status: 'delivered' })
    expect(again.backend.requests).toEqual([])
  })

  it('stands in the push log as opened before anything of it is sent', async () => {
    const experiment = memoryExperiment(manyRows(3))
    const before: unknown[] = []
    const answer = ({ kind }: MemoryRequest) => {
      if (kind === 'write') before.push(experiment.entries.map(({ type }) => type))
      return taken
    }
    await push(experiment, { answer })
    expect(before).toEqual([['opened']])
    expect(experiment.entries).toMatchObject([
      { type: 'opened', backend: 'memory', place: 'memory.example', reference: '{"experiment":"e-1"}' },
      { type: 'accepted', iteration: 1, spans: 3, metrics: 3 },
      { type: 'closed', status: 'passed', lastSeq: experiment.events.length },
    ])
  })

  it('is opened again by what the backend called it', async () => {
    const experiment = memoryExperiment(manyRows(3))
    const answer = ({ kind }: MemoryRequest) => (kind === 'write' ? failed('refused') : taken)
    const first = await push(experiment, { answer })
    expect(first.backend.opened).toMatchObject([{ experiment: { experimentId: 'exp-1' } }])
    expect(first.backend.opened[0]).not.toHaveProperty('known')
    const second = await push(experiment)
    expect(second.backend.opened).toMatchObject([{ known: '{"experiment":"e-1"}' }])
    expect(experiment.entries.filter(({ type }) => type === 'opened')).toHaveLength(1)
  })

  it('goes on where the last push ended', async () => {
    const experiment = memoryExperiment(manyRows(10))
    const limits = { bytes: 100_000, spans: 2, metrics: 2 }
    const answer = ({ number }: MemoryRequest) => (number === 4 ? failed('refused') : taken)
    const first = await push(experiment, { answer, limits })
    expect(first.delivery).toMatchObject({ status: 'undelivered', rejected: 0, reason: 'it said refused' })
    const sent = [...first.backend.taken.keys()]
    const pending = first.delivery.status === 'undelivered' ? first.delivery.pending : 0
    expect(pending).toBe(20 - sent.length)
    const second = await push(experiment, { limits })
    expect(second.delivery).toMatchObject({ status: 'delivered', spans: 10, metrics: 10 })
    expect([...second.backend.taken.keys()].filter((seq) => sent.includes(seq))).toEqual([])
  })

  it('is pushed to another place as if it had been pushed nowhere', async () => {
    const experiment = memoryExperiment(manyRows(4))
    await push(experiment)
    const elsewhere = await push(experiment, { place: 'other.example' })
    expect(elsewhere.delivery).toMatchObject({ status: 'delivered', place: 'other.example', spans: 4 })
    expect(elsewhere.backend.opened[0]).not.toHaveProperty('known')
    // And at the first place it is as complete as it was.
    expect((await push(experiment)).backend.requests).toEqual([])
  })

  it('names what was rejected, and why, each time; and sends it no more', async () => {
    const experiment = memoryExperiment(manyRows(10))
    const bad = seqsToPush(experiment.events)[7]
    const answer = ({ items }: MemoryRequest) =>
      items.some(({ seq }) => seq === bad) ? { ...failed('invalid'), message: 'bad \u001b[31mvalue\nhere' } : taken
    const { delivery } = await push(experiment, { answer })
    const undelivered = {
      status: 'undelivered',
      link: 'https://memory.example/e-1',
      pending: 0,
      rejected: 1,
      reason: '1 rejected by memory.example: bad \\u001b[31mvalue here',
    }
    expect(delivery).toMatchObject(undelivered)
    const again = await push(experiment, { answer })
    expect(again.delivery).toMatchObject(undelivered)
    expect(again.backend.requests).toEqual([])
    expect(experiment.entries).toContainEqual({ type: 'rejected', seq: bad, reason: 'bad \\u001b[31mvalue here' })
  })

  it('names records of its dataset that were rejected, also when it is pushed again', async () => {
    const experiment = memoryExperiment(manyRows(3))
    const problems = ['record r-1 of the dataset: too large', 'record r-2 of the dataset: too large']
    const { delivery, news } = await push(experiment, { problems })
    const undelivered = {
      status: 'undelivered',
      pending: 0,
      rejected: 2,
      spans: 3,
      reason: '2 rejected by memory.example: record r-1 of the dataset: too large',
    }
    expect(delivery).toMatchObject(undelivered)
    expect(news.at(-1)).toMatchObject({ kind: 'progress', accepted: 6, rejected: 0, total: 6 })
    experiment.entries.pop()
    expect((await push(experiment, { problems })).delivery).toMatchObject(undelivered)
    expect((await push(experiment)).delivery).toMatchObject(undelivered)
  })

  it('loses no row to a backend that takes none', async () => {
    const experiment = memoryExperiment(manyRows(40))
    const answer = ({ kind }: MemoryRequest) => (kind === 'write' ? failed('invalid') : taken)
    const { delivery } = await push(experiment, { answer })
    expect(delivery).toMatchObject({
      status: 'undelivered',
      pending: 80,
      rejected: 0,
      reason: 'memory.example takes none of it: it said invalid',
    })
    expect((await push(experiment)).delivery).toMatchObject({ status: 'delivered', spans: 40 })
  })

  it('is not delivered while the backend does not know what it came to', async () => {
    const experiment = memoryExperiment(manyRows(3))
    const answer = ({ kind }: MemoryRequest) => (kind === 'close' ? failed('invalid') : taken)
    const { delivery } = await push(experiment, { answer })
    expect(delivery).toMatchObject({ status: 'undelivered', pending: 0, rejected: 0 })
    const { backend } = await push(experiment)
    expect(kinds(backend.requests)).toBe('open close')
  })

  it('comes in smaller requests once one was too large', async () => {
    const experiment = memoryExperiment(manyRows(400))
    const bytesOf = ({ items }: MemoryRequest) => items.reduce((sum, item) => sum + JSON.stringify(item).length, 0)
    const answer = (request: MemoryRequest) => (bytesOf(request) > 40_000 ? failed('too-large') : taken)
    const { delivery, backend } = await push(experiment, { answer })
    expect(delivery).toMatchObject({ status: 'delivered', spans: 400, metrics: 400 })
    const refused = backend.requests.filter((request) => bytesOf(request) > 40_000)
    expect(refused.length).toBeLessThan(8)
  })
})

describe('a backend that is not there', () => {
  it('costs the time there is, few requests, and no result', async () => {
    const experiment = memoryExperiment(manyRows(10))
    const { delivery, backend, clock, news } = await push(experiment, { answer: () => failed('unreachable') })
    expect(delivery).toEqual({
      status: 'undelivered',
      backend: 'memory',
      place: 'memory.example',
      pending: 20,
      rejected: 0,
      spans: 0,
      metrics: 0,
      reason: 'it said unreachable',
    })
    expect(clock.monotonic()).toBeLessThanOrEqual(60_000)
    expect(backend.requests.length).toBeLessThan(10)
    expect(news).toEqual([{ kind: 'waiting', reason: 'it said unreachable' }])
    expect(clock.timers).toBe(0)
  })

  it('is not waited for when it says that it will not be back in time', async () => {
    const { delivery, clock } = await push(memoryExperiment(manyRows(10)), { answer: () => failed('limited', 1e12) })
    expect(delivery).toMatchObject({ status: 'undelivered', pending: 20, reason: 'it said limited' })
    expect(clock.monotonic()).toBeLessThan(1_000)
  })

  it('takes everything when it comes back in time', async () => {
    const clock = createFakeClock()
    const answer = () => (clock.monotonic() < 10_000 ? failed('unreachable') : taken)
    const { delivery } = await push(memoryExperiment(manyRows(10)), { answer, clock })
    expect(delivery).toMatchObject({ status: 'delivered', spans: 10 })
  })

  it('that never answers costs the time there is', async () => {
    const { delivery, clock } = await push(memoryExperiment(manyRows(10)), { answer: () => ({ kind: 'silent' }) })
    expect(delivery).toMatchObject({
      status: 'undelivered',
      pending: 20,
      reason: 'memory.example had not taken everything when the time was up',
    })
    expect(clock.monotonic()).toBe(60_000)
  })

  it('may take as long as it likes where the time counts from what it takes', async () => {
    const limits = { bytes: 100_000, spans: 1, metrics: 1 }
    const clock = createFakeClock()
    const travel = (): Promise<void> => new Promise((resolve) => clock.after(20_000, resolve))
    const options = { limits, clock, travel, timeoutMs: 50_000 }
    const experiment = memoryExperiment(manyRows(20))
    const counted = await push(experiment, { ...options, countsFromProgress: true })
    expect(counted.delivery).toMatchObject({ status: 'delivered', spans: 20 })
    expect(clock.monotonic()).toBeGreaterThan(200_000)
    const uncounted = await push(memoryExperiment(manyRows(20)), { ...options, clock: createFakeClock() })
    expect(uncounted.delivery).toMatchObject({ status: 'undelivered' })
  })
})
