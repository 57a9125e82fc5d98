import { expect, test } from 'vitest'
import { quarantineOf } from '../../src/session/quarantine.ts'

const now = Date.parse('2026-03-01T23:59:59Z')
const entry = { experiment: 'triage', record: 'r1', reason: 'undecided' }

test.each([
  ['triage', true],
  ['triage/large', true],
  ['triage-2', false],
  ['tri', false],
])('an entry for triage is for %s: %s', (name, isFor) => {
  expect(quarantineOf([entry], name, now).records).toHaveLength(isFor ? 1 : 0)
})

test('an entry for a variant is for that one alone', () => {
  const own = { ...entry, experiment: 'triage/large' }
  expect(quarantineOf([own], 'triage/large', now).records).toEqual([{ record: 'r1', reason: 'undecided' }])
  expect(quarantineOf([own], 'triage', now).records).toEqual([])
})

test('a quarantine holds to the end of its last day', () => {
  const last = { ...entry, until: '2026-03-01' }
  expect(quarantineOf([last], 'triage', now)).toMatchObject({ records: [{ record: 'r1' }], ended: [] })
  expect(quarantineOf([last], 'triage', now + 1000)).toMatchObject({ records: [], ended: [{ record: 'r1' }] })
})

test('one of several entries for a record is enough', () => {
  const entries = [{ ...entry, until: '2026-02-01' }, entry]
  expect(quarantineOf(entries, 'triage', now)).toEqual({ records: [{ record: 'r1', reason: 'undecided' }], ended: [] })
})
