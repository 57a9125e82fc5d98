import { describe, expect, it } from 'vitest'
import { KnownRecords } from '../../../src/session/resume/known-records.ts'

const HASH = '0011223344556677'
const OTHER = 'ff11223344556677'

function known(count: number): KnownRecords {
  const records = new KnownRecords(count)
  for (let index = 0; index < count; index++) records.add(`record ${index}`, HASH)
  return records
}

describe('the records of a log', () => {
  it('are told from others, and from what they have become, by key and content', () => {
    const records = known(1_000)
    expect(records.compare('record 7', HASH)).toBe('same')
    expect(records.compare('record 7', OTHER)).toBe('changed')
    expect(records.compare('record 1000', HASH)).toBe('new')
    expect([records.count, records.has('record 999'), records.has('')]).toEqual([1_000, true, false])
  })

  it('are done run by run, and not at all once they have changed', () => {
    const records = known(100)
    for (const iteration of [1, 2]) records.setDone('record 5', iteration, true)
    records.setDone('record 6', 1, true)
    records.setDone('nobody', 1, true)
    expect([records.isDone('record 5', 2), records.isDone('record 6', 2), records.doneOf(1)]).toEqual([true, false, 2])
    records.add('record 5', OTHER)
    expect([records.isDone('record 5', 1), records.isDone('record 5', 2), records.doneOf(1)]).toEqual([false, false, 1])
    expect([records.compare('record 5', OTHER), records.count]).toEqual(['same', 100])
    records.forget('record 6')
    expect(records.doneOf(1)).toBe(0)
  })

  it('are missed until the dataset has had them', () => {
    const records = known(3)
    for (const key of ['record 0', 'record 0', 'record 2', 'nobody']) records.meet(key)
    expect([records.unmet, records.isMet('record 1'), records.isMet('record 2')]).toEqual([1, false, true])
  })

  it('take at most 16 bytes each, for up to ten runs', () => {
    const count = 100_000
    const records = known(count)
    for (let iteration = 1; iteration <= 10; iteration++) {
      for (let index = 0; index < count; index += 97) records.setDone(`record ${index}`, iteration, true)
    }
    expect(records.bytes / count).toBeLessThanOrEqual(16)
    expect(records.doneOf(3)).toBe(Math.ceil(count / 97))
    for (let index = 0; index < count; index += 13) expect(records.compare(`record ${index}`, HASH)).toBe('same')
    for (let index = count; index < 2 * count; index += 13) expect(records.has(`record ${index}`)).toBe(false)
  })

  it('may be none', () => {
    expect([new KnownRecords(0).has('a'), new KnownRecords(0).count]).toEqual([false, 0])
  })
})
