import { describe, expect, it } from 'vitest'
import { createEventStream } from '../../src/engine/event-stream.ts'
import type { EventBody } from '../../src/model/events.ts'
import { createFakeClock, settle } from '../helpers/fake-clock.ts'

const started = (iteration: number): EventBody => ({ type: 'run-started', iteration, runId: 'id' })

describe('the stream of events', () => {
  it('numbers and stamps events, and hands out those of one tick together', async () => {
    const clock = createFakeClock()
    const stream = createEventStream(clock, 5)
    const batches = stream.batches()
    const first = batches.next()
    stream.emit(started(1))
    clock.advance(3)
    queueMicrotask(() => stream.emit(started(2), () => {}))
    expect((await first).value).toEqual([
      { ...started(1), seq: 5, at: clock.now() - 3 },
      { ...started(2), seq: 6, at: clock.now() },
    ])
    const second = batches.next()
    stream.emit(started(3))
    expect((await second).value).toMatchObject([{ seq: 7 }])
  })

  it('calls back when the reader comes for the next batch, not before', async () => {
    const stream = createEventStream(createFakeClock(), 1)
    const batches = stream.batches()
    const written: string[] = []
    stream.emit(started(1), () => written.push('a'))
    stream.emit(started(2))
    stream.emit(started(3), () => written.push('b'))
    await batches.next()
    stream.emit(started(4), () => written.push('c'))
    await settle()
    expect(written).toEqual([])
    await batches.next()
    expect(written).toEqual(['a', 'b'])
  })

  it('gathers for a slow reader, in order, and ends after the last event', async () => {
    const stream = createEventStream(createFakeClock(), 1)
    const written: number[] = []
    for (let iteration = 1; iteration <= 3; iteration++) {
      stream.emit(started(iteration), () => written.push(iteration))
      await settle()
    }
    stream.close()
    const batches = []
    for await (const batch of stream.batches()) batches.push(batch.map(({ seq }) => seq))
    expect(batches).toEqual([[1, 2, 3]])
    expect(written).toEqual([1, 2, 3])
  })

  it('wakes a waiting reader when it is closed', async () => {
    const stream = createEventStream(createFakeClock(), 1)
    const next = stream.batches().next()
    await settle()
    stream.close()
    expect(await next).toEqual({ done: true, value: undefined })
  })
})
