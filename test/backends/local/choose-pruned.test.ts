import { describe, expect, it } from 'vitest'
import { choosePruned, type PruneWish } from '../../../src/backends/local/choose-pruned.ts'
import type { StoreEntry } from '../../../src/backends/local/entries.ts'
import { fakeManifest } from './manifests.ts'

function entry(experimentId: string, name: string, groupId = experimentId): StoreEntry {
  const manifest = fakeManifest(experimentId, name)
  const variant = name.split('/')[1]
  const ref = { exportName: 'default', ...(variant === undefined ? {} : { variant }) }
  return {
    status: 'readable',
    experimentId,
    manifest: { ...manifest, groupId, definition: { ...manifest.definition, ref } },
  }
}

const entries: readonly StoreEntry[] = [
  entry('9', 'often'),
  entry('8', 'often'),
  { status: 'damaged', experimentId: '7', reason: 'not JSON' },
  entry('6', 'triage/large'),
  entry('5', 'triage/small'),
  entry('4', 'often'),
  entry('3', 'triage/large'),
  entry('2', 'rarely'),
  entry('1', 'often'),
]

function choose(wish: Partial<PruneWish> & { readonly keep: number }, from = entries) {
  const choice = choosePruned(from, { isClaimed: () => false, ...wish })
  const ids = (list: readonly StoreEntry[]): string[] => list.map(({ experimentId }) => experimentId)
  return { remove: ids(choice.remove), busy: ids(choice.busy), unreadable: ids(choice.unreadable) }
}

describe('pruning', () => {
  it.each([
    [0, ['9', '8', '6', '5', '4', '3', '2', '1']],
    [1, ['8', '4', '3', '1']],
    [2, ['4', '1']],
    [3, ['1']],
    [4, []],
  ])('keeps the newest %i of each name, so that what is run rarely stays', (keep, remove) => {
    expect(choose({ keep }).remove).toEqual(remove)
  })

  it.each([
    ['often', ['8', '4', '1']],
    ['triage', ['3']],
    ['triage/large', ['3']],
    ['triage/small', []],
  ])('looks at %s only, when that is asked for', (name, remove) => {
    expect(choose({ keep: 1, name }).remove).toEqual(remove)
  })

  it('counts what was pulled apart from what was run here', () => {
    const pulled = { backend: 'datadog', place: 'a', id: 'b', link: 'c', at: 'd' }
    const from = ['9', '8', '7', '6'].map((id) => {
      const one = entry(id, 'often')
      return one.status === 'readable' && id > '7' ? { ...one, manifest: { ...one.manifest, pulled } } : one
    })
    expect(choose({ keep: 1 }, from).remove).toEqual(['8', '6'])
  })

  it('never takes what is damaged, whose name nobody knows', () => {
    expect(choose({ keep: 0 }).unreadable).toEqual(['7'])
  })

  it('leaves what is being written, and all that the same command has written before', () => {
    const group = [entry('3', 'b', 'group'), entry('2', 'a', 'group'), entry('1', 'a', 'earlier')]
    const choice = choose({ keep: 0, isClaimed: (id) => id === '3' }, group)
    expect(choice).toEqual({ remove: ['1'], busy: ['3', '2'], unreadable: [] })
  })

  it('counts what is being written among those that stay', () => {
    expect(choose({ keep: 1, isClaimed: (id) => id === '9' }).remove).toEqual(['8', '4', '3', '1'])
  })
})
