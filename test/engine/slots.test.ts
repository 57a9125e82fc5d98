import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CallKind, createSlots, type Slots } from '../../src/engine/slots.ts'
import { createStopSwitch, StoppedError } from '../../src/engine/stop.ts'

/** Asks for a slot and notes when it is given. */
function ask(slots: Slots, kind: CallKind, given: string[], name: string): Promise<void> {
  const waiting = slots.acquire(kind)
  if (waiting === undefined) {
    given.push(name)
    return Promise.resolve()
  }
  return waiting.then(() => void given.push(name))
}

describe('slots', () => {
  it('are given at once while there are any, then in order, evaluators before tasks', async () => {
    const slots = createSlots({ jobs: 2 }, createStopSwitch())
    const given: string[] = []
    const all = [
      ask(slots, 'task', given, 'task 1'),
      ask(slots, 'evaluator', given, 'evaluator 1'),
      ask(slots, 'task', given, 'task 2'),
      ask(slots, 'task', given, 'task 3'),
      ask(slots, 'evaluator', given, 'evaluator 2'),
      ask(slots, 'evaluator', given, 'evaluator 3'),
    ]
    expect(given).toEqual(['task 1', 'evaluator 1'])
    for (let release = 0; release < 4; release++) slots.release.task()
    await Promise.all(all)
    expect(given.slice(2)).toEqual(['evaluator 2', 'evaluator 3', 'task 2', 'task 3'])
  })

  it('are shared by tasks and evaluators unless evaluators have a limit of their own', () => {
    expect(createSlots({ jobs: 1 }, createStopSwitch()).areShared).toBe(true)
    const slots = createSlots({ jobs: 1, evalJobs: 2 }, createStopSwitch())
    expect(slots.areShared).toBe(false)
    expect(slots.acquire('task')).toBeUndefined()
    expect(slots.acquire('evaluator')).toBeUndefined()
    expect(slots.acquire('evaluator')).toBeUndefined()
    expect(slots.acquire('evaluator')).toBeInstanceOf(Promise)
    slots.release.task()
    expect(slots.acquire('task')).toBeUndefined()
  })

  it('are refused to all who wait and come when the experiment is ended', async () => {
    const stop = createStopSwitch()
    const slots = createSlots({ jobs: 1, evalJobs: 1 }, stop)
    slots.acquire('task')
    slots.acquire('evaluator')
    const waiting = [slots.acquire('task'), slots.acquire('evaluator')]
    stop.stop({ kind: 'signal', signal: 'SIGINT' })
    for (const refused of waiting) await expect(refused).rejects.toBeInstanceOf(StoppedError)
    expect(() => slots.acquire('task')).toThrow(StoppedError)
  })

  it('are never more than the limit, and none is lost', async () => {
    const step = fc.constantFrom<CallKind | 'release'>('task', 'evaluator', 'release')
    const property = fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.array(step), async (jobs, steps) => {
      const slots = createSlots({ jobs }, createStopSwitch())
      let held = 0
      let asked = 0
      for (const next of steps) {
        if (next === 'release') {
          if (held === 0) continue
          held--
          slots.release.task()
        } else {
          asked++
          const waiting = slots.acquire(next)
          if (waiting === undefined) held++
          else void waiting.then(() => held++)
        }
        await Promise.resolve()
        expect(held).toBeLessThanOrEqual(jobs)
      }
      for (let released = 0; released < asked; released++) {
        if (held === 0) break
        held--
        slots.release.evaluator()
        await Promise.resolve()
      }
      expect(held).toBe(0)
      for (let free = 0; free < jobs; free++) expect(slots.acquire('task')).toBeUndefined()
    })
    await fc.assert(property)
  })
})
