import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  callOf,
  claim,
  createProgressMemory,
  offer,
  openProgress,
  PROGRESS_SLOTS,
  slotOf,
} from '../../../src/session/executors/progress.ts'

const serials = fc.integer({ min: 1, max: 2 ** 32 - 2 })

it('gives a call that is offered to whichever side claims it first, once', () => {
  const memory = createProgressMemory()
  const [main, thread] = [openProgress(memory), openProgress(memory)]
  fc.assert(
    fc.property(serials, fc.integer({ min: 0, max: PROGRESS_SLOTS - 1 }), fc.boolean(), (serial, slot, isMainFirst) => {
      const call = callOf(serial, slot)
      offer(main, call)
      const sides = isMainFirst ? [main, thread] : [thread, main]
      expect(sides.map((side) => claim(side, call))).toEqual([true, false])
    }),
  )
})

it('lets a message about a call that was taken back claim nothing of the next call in its slot', () => {
  const progress = openProgress(createProgressMemory())
  fc.assert(
    fc.property(serials, fc.integer({ min: 0, max: PROGRESS_SLOTS - 1 }), (serial, slot) => {
      const [taken, next] = [callOf(serial, slot), callOf(serial + 1, slot)]
      offer(progress, taken)
      claim(progress, taken)
      offer(progress, next)
      expect([claim(progress, taken), claim(progress, next)]).toEqual([false, true])
    }),
  )
})

it('leaves calls beyond the slots to the thread', () => {
  const progress = openProgress(createProgressMemory())
  const call = callOf(7, PROGRESS_SLOTS)
  offer(progress, call)
  expect([slotOf(call), claim(progress, call)]).toEqual([PROGRESS_SLOTS, true])
})
