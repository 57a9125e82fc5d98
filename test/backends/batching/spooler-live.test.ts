import { describe, expect, it } from 'vitest'
import { createSpooler, type DrainOptions } from '../../../src/backends/batching/spooler.ts'
import type { Delivery } from '../../../src/model/backend.ts'
import { LlmobsExpError } from '../../../src/model/errors.ts'
import type { RunEvent } from '../../../src/model/events.ts'
import type { PushEntry } from '../../../src/model/push.ts'
import { createFakeClock, passTimeUntil, settle } from '../../helpers/fake-clock.ts'
import { createMemoryBackend, failed, type MemoryRequest, taken } from '../../helpers/memory-backend.ts'
import { memoryExperiment, memorySource, seqsToPush } from '../../helpers/memory-push.ts'
import { manyRows, openSpooler, type PushOptions, push } from './spooling.ts'

const MINUTE = 60_000
const atOnce = async () => {}

/** An experiment that is written while it is pushed. */
function openLive(events: readonly RunEvent[], options: PushOptions = {}) {
  const experiment = memoryExperiment([])
  const opened = openSpooler({ travel: atOnce, ...options })
  const spooled = opened.spooler.add(memorySource(experiment))
  let written = 0
  return {
    ...opened,
    ...spooled,
    experiment,
    /** Writes everything up to the next event of this type, now. */
    writeUpTo(type: RunEvent['type']): void {
      for (let event = events[written++]; event !== undefined; event = events[written++]) {
        experiment.events.push({ ...event, at: opened.clock.now() })
        if (event.type === type) return
      }
    },
    async drain(drainOptions: Partial<DrainOptions> = {}): Promise<Delivery | undefined> {
      const drained = opened.spooler.drain({ timeoutMs: MINUTE, ...drainOptions })
      return (await passTimeUntil(drained, opened.clock)).get('exp-1')
    },
    sent: () => [...opened.backend.taken.keys()].sort((one, other) => one - other),
  }
}

function kinds(requests: readonly MemoryRequest[]): string {
  return requests.map(({ kind }) => kind).join(' ')
}

function acknowledged(entries: readonly PushEntry[]): number {
  return entries.reduce((sum, entry) => sum + (entry.type === 'accepted' ? entry.spans + entry.metrics : 0), 0)
}

describe('an experiment that is pushed while it runs', () => {
  it('is opened at once, with its dataset, and nothing is sent before its first run has ended', async () => {
    const live = openLive(manyRows(3))
    await settle()
    expect(kinds(live.backend.requests)).toBe('open')
    live.writeUpTo('row-finished')
    live.clock.advance(5 * MINUTE)
    await settle()
    expect(live.sent()).toEqual([])
  })

  it('sends the rows of each run when that has ended', async () => {
    const live = openLive(manyRows(3, 2))
    for (const run of [1, 2]) {
      live.writeUpTo('run-finished')
      live.runFinished()
      await settle()
      expect(live.sent()).toEqual(seqsToPush(live.experiment.events))
      expect(live.backend.requests).toHaveLength(1 + run)
    }
    live.writeUpTo('experiment-finished')
    live.ended()
    await settle()
    expect(live.backend.outcomes).toEqual([{ status: 'passed', exitCode: 0 }])
    expect(await live.drain()).toMatchObject({ status: 'delivered', spans: 6 })
    expect(kinds(live.backend.requests)).toBe('open write write close')
  })

  it('sends rows that have waited for a quarter of an hour before their run ends', async () => {
    const live = openLive(manyRows(3))
    live.writeUpTo('row-finished')
    live.clock.advance(10 * MINUTE)
    live.writeUpTo('row-finished')
    await settle()
    live.clock.advance(4 * MINUTE)
    await settle()
    expect(live.sent()).toEqual([])
    live.clock.advance(2 * MINUTE)
    await settle()
    const first = seqsToPush(live.experiment.events).slice(0, 2)
    expect(live.sent()).toEqual(first)
    live.clock.advance(10 * MINUTE)
    await settle()
    expect(live.sent()).toEqual(seqsToPush(live.experiment.events))
    live.writeUpTo('experiment-finished')
    live.ended()
    expect(await live.drain()).toMatchObject({ status: 'delivered', spans: 3, metrics: 3 })
    for (const texts of live.backend.taken.values()) expect(texts).toHaveLength(1)
  })

  it('sends at its end the rows of a run that never ended', async () => {
    const live = openLive(manyRows(5))
    live.writeUpTo('row-finished')
    live.writeUpTo('row-finished')
    live.experiment.events.push({
      type: 'experiment-finished',
      seq: 100,
      at: live.clock.now(),
      outcome: { status: 'stopped', exitCode: 130, reason: { kind: 'signal', signal: 'SIGINT' }, failures: [] },
    })
    live.ended()
    expect(await live.drain()).toMatchObject({ status: 'delivered', spans: 2 })
    expect(live.backend.outcomes).toMatchObject([{ status: 'stopped', reason: { kind: 'signal' } }])
  })

  it('says where it can be looked at, and how much has been accepted', async () => {
    const live = openLive(manyRows(3), { limits: { bytes: 100_000, spans: 1, metrics: 1 } })
    await settle()
    const opened = { kind: 'opened', experimentId: 'exp-1', link: 'https://memory.example/e-1' }
    expect(live.news).toEqual([opened])
    live.writeUpTo('experiment-finished')
    live.ended()
    await live.drain()
    const progress = { kind: 'progress', experimentId: 'exp-1', rejected: 0, total: 6 }
    expect(live.news.slice(1)).toEqual([2, 4, 6].map((accepted) => ({ ...progress, accepted })))
  })

  it('tells first what it came to when there is little time, and then sends what it can', async () => {
    const limits = { bytes: 100_000, spans: 1, metrics: 1 }
    const clock = createFakeClock()
    const travel = (): Promise<void> => new Promise((resolve) => clock.after(400, resolve))
    const live = openLive(manyRows(50), { limits, clock, travel })
    await settle()
    clock.advance(400)
    live.writeUpTo('experiment-finished')
    live.ended()
    const delivery = await live.drain({ timeoutMs: 1_500, isHurried: true })
    expect(kinds(live.backend.requests)).toMatch(/^open close write( write)+$/)
    expect(live.backend.outcomes).toHaveLength(1)
    // What was under way when the time was up may have arrived, and is sent again.
    expect(delivery).toMatchObject({ status: 'undelivered', pending: 100 - acknowledged(live.experiment.entries) })
    expect(clock.monotonic()).toBe(400 + 1_500)
    const later = await push(live.experiment)
    expect(later.delivery).toMatchObject({ status: 'delivered', spans: 50 })
  })

  it('tells what it came to also when a run is being sent just then', async () => {
    const limits = { bytes: 100_000, spans: 1, metrics: 1 }
    const clock = createFakeClock()
    const travel = (): Promise<void> => new Promise((resolve) => clock.after(400, resolve))
    const live = openLive(manyRows(50), { limits, clock, travel })
    live.writeUpTo('run-finished')
    live.runFinished()
    await settle()
    clock.advance(800)
    await settle()
    live.writeUpTo('experiment-finished')
    live.ended()
    await live.drain({ timeoutMs: 1_500, isHurried: true })
    expect(kinds(live.backend.requests)).toMatch(/^open write write (write )*close( write)*$/)
    expect(live.backend.outcomes).toEqual([{ status: 'passed', exitCode: 0 }])
  })

  it('may have its time shortened while it is being drained', async () => {
    const live = openLive(manyRows(3), { answer: () => ({ kind: 'silent' }) })
    live.writeUpTo('experiment-finished')
    live.ended()
    const first = live.spooler.drain({ timeoutMs: 10 * MINUTE })
    await settle()
    const second = live.spooler.drain({ timeoutMs: 1_500, isHurried: true })
    await passTimeUntil(first, live.clock)
    expect(await second).toBe(await first)
    expect(live.clock.monotonic()).toBe(1_500)
  })

  it('ends at a signal, at once', async () => {
    const controller = new AbortController()
    const live = openLive(manyRows(3), { answer: () => ({ kind: 'silent' }) })
    live.writeUpTo('experiment-finished')
    const drained = live.spooler.drain({ timeoutMs: 10 * MINUTE, signal: controller.signal })
    await settle()
    controller.abort()
    const deliveries = await drained
    expect(deliveries.get('exp-1')).toMatchObject({ status: 'undelivered', pending: 6 })
    expect(live.clock.monotonic()).toBe(0)
    expect(live.clock.timers).toBe(0)
  })

  it('is sent although the backend was not there when it began', async () => {
    const clock = createFakeClock()
    const answer = () => (clock.monotonic() < 90_000 ? failed('unreachable') : taken)
    const live = openLive(manyRows(3), { clock, answer })
    for (let step = 0; step < 10; step++) {
      clock.advance(MINUTE / 6)
      await settle()
    }
    live.writeUpTo('experiment-finished')
    live.ended()
    expect(await live.drain()).toMatchObject({ status: 'delivered', spans: 3 })
  })

  it('is tried once more at its end, however long the backend has been away', async () => {
    const clock = createFakeClock()
    let isThere = false
    const live = openLive(manyRows(3), { clock, answer: () => (isThere ? taken : failed('unreachable')) })
    while (live.backend.requests.length < 8) {
      await settle()
      clock.next()
    }
    await settle()
    isThere = true
    live.writeUpTo('experiment-finished')
    live.ended()
    expect(await live.drain({ timeoutMs: 1_000 })).toMatchObject({ status: 'delivered', spans: 3 })
  })

  it('reads the rows of each run once', async () => {
    const experiment = memoryExperiment([])
    const source = memorySource(experiment)
    const followed: number[] = []
    const { spooler, clock } = openSpooler({ travel: atOnce })
    const spooled = spooler.add({
      ...source,
      follow(iteration) {
        followed.push(iteration)
        return source.follow(iteration)
      },
    })
    for (const event of manyRows(3, 3)) {
      experiment.events.push(event)
      if (event.type === 'run-finished') spooled.runFinished()
      await settle()
    }
    spooled.ended()
    await passTimeUntil(spooler.drain({ timeoutMs: MINUTE }), clock)
    expect(followed).toEqual([1, 2, 3])
  })

  it('that never started is forgotten, and the backend told so', async () => {
    const live = openLive(manyRows(3))
    await settle()
    const outcome = {
      status: 'stopped',
      exitCode: 2,
      reason: { kind: 'not-started', error: { code: 'E_DATASET_EMPTY', name: 'Error', message: 'nothing to run' } },
      failures: [],
    } as const
    live.discarded(outcome)
    expect(await live.drain()).toBeUndefined()
    expect(live.backend.outcomes).toEqual([outcome])
    expect(live.clock.timers).toBe(0)
  })

  it('that never started is told so also when it was being opened just then', async () => {
    const clock = createFakeClock()
    const travel = (): Promise<void> => new Promise((resolve) => clock.after(400, resolve))
    const live = openLive(manyRows(3), { clock, travel })
    await settle()
    live.discarded({ status: 'passed', exitCode: 0 })
    expect(await live.drain()).toBeUndefined()
    expect(kinds(live.backend.requests)).toBe('open close')
    expect(live.news).toEqual([])
    expect(live.experiment.entries).toEqual([])
  })
})

describe('several experiments of one process', () => {
  it('are pushed one after another, through one gate', async () => {
    const { spooler, backend, clock } = openSpooler({ limits: { bytes: 100_000, spans: 1, metrics: 1 } })
    const experiments = ['exp-1', 'exp-2', 'exp-3'].map((id) => memoryExperiment(manyRows(4), id))
    for (const experiment of experiments) spooler.add(memorySource(experiment)).ended()
    const deliveries = await passTimeUntil(spooler.drain({ timeoutMs: MINUTE }), clock)
    expect([...deliveries].map(([id, { status }]) => [id, status])).toEqual([
      ['exp-1', 'delivered'],
      ['exp-2', 'delivered'],
      ['exp-3', 'delivered'],
    ])
    expect(backend.mostInFlight).toBe(2)
    expect(backend.opened.map(({ experiment }) => experiment.experimentId)).toEqual(['exp-1', 'exp-2', 'exp-3'])
  })

  it('send nothing more once the backend has refused one of them', async () => {
    const answer = ({ kind }: MemoryRequest) => (kind === 'write' ? failed('refused') : taken)
    const { spooler, backend, clock, news } = openSpooler({ answer })
    const experiments = ['exp-1', 'exp-2', 'exp-3'].map((id) => memoryExperiment(manyRows(4), id))
    for (const experiment of experiments) spooler.add(memorySource(experiment)).ended()
    const deliveries = await passTimeUntil(spooler.drain({ timeoutMs: MINUTE }), clock)
    expect(backend.requests).toHaveLength(2)
    for (const delivery of deliveries.values()) {
      expect(delivery).toMatchObject({ status: 'undelivered', pending: 8, reason: 'it said refused' })
    }
    expect(news.filter(({ kind }) => kind === 'refused')).toHaveLength(1)
  })

  it('do not suffer from one that the backend finds invalid', async () => {
    const bad = memoryExperiment(manyRows(30), 'exp-1')
    const good = memoryExperiment(manyRows(4), 'exp-2')
    const { spooler, backend, clock } = openSpooler({
      answer: ({ kind }) => (kind === 'write' && backend.opened.length === 1 ? failed('invalid') : taken),
    })
    for (const experiment of [bad, good]) spooler.add(memorySource(experiment)).ended()
    const deliveries = await passTimeUntil(spooler.drain({ timeoutMs: MINUTE }), clock)
    expect(deliveries.get('exp-1')).toMatchObject({ status: 'undelivered', rejected: 0 })
    expect(deliveries.get('exp-2')).toMatchObject({ status: 'delivered', spans: 4 })
  })

  it('come to nothing where there are none', async () => {
    const { spooler, clock } = openSpooler()
    expect(await passTimeUntil(spooler.drain({ timeoutMs: MINUTE }), clock)).toEqual(new Map())
    expect(clock.timers).toBe(0)
  })
})

describe('a second push of one experiment', () => {
  it('waits for the first, and then finds what is left', async () => {
    const experiment = memoryExperiment(manyRows(10))
    const limits = { bytes: 100_000, spans: 1, metrics: 1 }
    const clock = createFakeClock()
    const kept = new Map<number, string[]>()
    const first = openSpooler({ limits, clock, kept })
    const second = openSpooler({ limits, clock, kept })
    first.spooler.add(memorySource(experiment, { name: 'first' })).ended()
    second.spooler.add(memorySource(experiment, { name: 'second' })).ended()
    const both = Promise.all([first, second].map(({ spooler }) => spooler.drain({ timeoutMs: MINUTE })))
    for (const deliveries of await passTimeUntil(both, clock)) {
      expect(deliveries.get('exp-1')).toMatchObject({ status: 'delivered', spans: 10, metrics: 10 })
    }
    for (const texts of kept.values()) expect(texts).toHaveLength(1)
    expect(second.backend.requests).toEqual([])
  })

  it('ends when its time is up, saying who is pushing', async () => {
    const experiment = memoryExperiment(manyRows(10))
    experiment.owner = 'process 4711 on build-7'
    const { delivery, backend } = await push(experiment)
    expect(delivery).toMatchObject({
      status: 'undelivered',
      pending: 20,
      reason: 'another push of it is under way: process 4711 on build-7',
    })
    expect(backend.requests).toEqual([])
  })

  it('says what the first has delivered by then', async () => {
    const experiment = memoryExperiment(manyRows(10))
    await push(experiment)
    experiment.entries.pop()
    experiment.owner = 'process 4711 on build-7'
    const { delivery } = await push(experiment)
    expect(delivery).toMatchObject({ status: 'undelivered', pending: 0, spans: 10 })
  })
})

describe('what goes wrong on this side', () => {
  it('is said: a store that cannot be written ends the push, after what it could not note down', async () => {
    const experiment = memoryExperiment(manyRows(10))
    const process = {
      beforeWrite: ({ type }: { type: string }) => {
        if (type === 'accepted') throw new LlmobsExpError('E_STORE_WRITE', 'cannot write push.jsonl: no space left')
      },
    }
    const { delivery } = await push(experiment, { process })
    expect(delivery).toMatchObject({ pending: 20, reason: 'cannot write push.jsonl: no space left' })
  })

  it('is said: nothing is sent while that it was opened cannot be written down', async () => {
    const process = {
      beforeWrite: () => {
        throw new LlmobsExpError('E_STORE_WRITE', 'cannot write push.jsonl: read-only')
      },
    }
    const { delivery, backend } = await push(memoryExperiment(manyRows(10)), { process })
    expect(delivery).toMatchObject({ status: 'undelivered', reason: 'cannot write push.jsonl: read-only' })
    expect(kinds(backend.requests)).toBe('open')
  })

  it('is said: a log that cannot be read', async () => {
    const { spooler, clock } = openSpooler()
    const source = memorySource(memoryExperiment(manyRows(3)))
    const unreadable = {
      ...source,
      progress: () => Promise.reject(new LlmobsExpError('E_STORE_READ', 'cannot read events.jsonl')),
    }
    spooler.add(unreadable).ended()
    const deliveries = await passTimeUntil(spooler.drain({ timeoutMs: MINUTE }), clock)
    expect(deliveries.get('exp-1')).toMatchObject({ status: 'undelivered', reason: 'cannot read events.jsonl' })
  })

  it('is said: a defect of a backend', async () => {
    const clock = createFakeClock()
    const backend = {
      ...createMemoryBackend(),
      open: () => {
        throw new TypeError('nothing has no name')
      },
    }
    const spooler = createSpooler({ backend, clock, ids: { random: () => 0.5 }, restamp: false })
    spooler.add(memorySource(memoryExperiment(manyRows(3)))).ended()
    const deliveries = await passTimeUntil(spooler.drain({ timeoutMs: MINUTE }), clock)
    expect(deliveries.get('exp-1')).toMatchObject({ status: 'undelivered', reason: 'nothing has no name' })
  })

  it('is said in one short line that steers no terminal', async () => {
    const text = `\u001b]0;title\u0007no\n${'x'.repeat(5_000)}`
    const answer = () => ({ ...failed('refused'), message: text }) as const
    const { delivery } = await push(memoryExperiment(manyRows(3)), { answer })
    const reason = delivery.status === 'undelivered' ? delivery.reason : ''
    expect(reason).toMatch(/^\\u001b\]0;title\\u0007no x+…$/)
    expect(reason.length).toBeLessThan(320)
  })

  it('does not include whoever listens', async () => {
    const clock = createFakeClock()
    const tell = () => {
      throw new Error('the listener failed')
    }
    const spooler = createSpooler({
      backend: createMemoryBackend(),
      clock,
      ids: { random: () => 0.5 },
      restamp: false,
      tell,
    })
    spooler.add(memorySource(memoryExperiment(manyRows(3)))).ended()
    const deliveries = await passTimeUntil(spooler.drain({ timeoutMs: MINUTE }), clock)
    expect(deliveries.get('exp-1')).toMatchObject({ status: 'delivered' })
  })

  it('rejects nothing that nobody waits for', async () => {
    const rejections: unknown[] = []
    const note = (reason: unknown): void => void rejections.push(reason)
    process.on('unhandledRejection', note)
    try {
      for (const kind of ['refused', 'invalid', 'unreachable'] as const) {
        const live = openLive(manyRows(3), { answer: () => failed(kind) })
        live.writeUpTo('experiment-finished')
        live.ended()
        live.spooler.drain({ timeoutMs: 5, isHurried: true }).catch(note)
        live.discarded({ status: 'passed', exitCode: 0 })
        await settle()
        live.clock.advance(MINUTE)
        await settle()
      }
    } finally {
      process.off('unhandledRejection', note)
    }
    expect(rejections).toEqual([])
  })
})
