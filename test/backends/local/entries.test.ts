import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readEntries, readEntry, sizeOfFolder } from '../../../src/backends/local/entries.ts'
import { readLock } from '../../../src/backends/local/lock.ts'
import { openLocalStore } from '../../../src/backends/local/store.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'
import { fakeManifest } from './manifests.ts'

const owner = { pid: 7, host: 'here' }

describe('the entries of a store', () => {
  it('are all of its folders, newest first, with the reason where one cannot be read', async () => {
    const store = openLocalStore(join(await tempFolder(), 'store'))
    for (const id of ['1', '2', '3', '4']) store.create(fakeManifest(id), owner)
    writeFileSync(store.files('2').manifest, '{"v":')
    writeFileSync(store.files('3').manifest, '{"v":99}')
    rmSync(store.files('4').manifest)
    writeFileSync(store.files('4').events, 'what happened\n')

    expect(await readEntries(store)).toMatchObject([
      { experimentId: '4', status: 'damaged', reason: expect.stringContaining('ENOENT') },
      { experimentId: '3', status: 'newer', reason: expect.stringContaining('format 99') },
      { experimentId: '2', status: 'damaged', reason: expect.stringContaining('JSON') },
      { experimentId: '1', status: 'readable', manifest: { experimentId: '1' } },
    ])
  })

  it('are without a folder whose process was killed before anything was in it', async () => {
    const store = openLocalStore(join(await tempFolder(), 'store'))
    for (const id of ['1', '2']) store.create(fakeManifest(id), owner)
    rmSync(store.files('2').manifest)
    expect(store.ids()).toEqual(['1'])
    rmSync(store.files('2').events)
    expect(store.ids()).toEqual(['1'])
  })

  it('are without what has been removed meanwhile', async () => {
    const store = openLocalStore(join(await tempFolder(), 'store'))
    expect(await readEntries(store)).toEqual([])
    expect(await readEntry(store, 'gone')).toBeUndefined()
  })
})

describe('the size of a folder', () => {
  it('is that of all files in it', async () => {
    const folder = await tempFolder()
    mkdirSync(join(folder, 'inner'))
    writeFileSync(join(folder, 'a'), 'x'.repeat(1_000))
    writeFileSync(join(folder, 'inner', 'b'), 'x'.repeat(234))
    expect(await sizeOfFolder(folder)).toBe(1_234)
  })

  it('is nothing for one that is gone', async () => {
    expect(await sizeOfFolder(join(await tempFolder(), 'gone'))).toBe(0)
  })
})

describe('a lock', () => {
  it.each([
    ['{"pid":7,"host":"here"}', { status: 'held', owner }],
    ['', { status: 'unreadable' }],
    ['{"pid":0,"host":"here"}', { status: 'unreadable' }],
    ['{"pid":"7","host":"here"}', { status: 'unreadable' }],
    ['null', { status: 'unreadable' }],
  ])('with %j', async (text, state) => {
    const path = join(await tempFolder(), 'lock')
    writeFileSync(path, text)
    expect(readLock(path)).toEqual(state)
  })

  it('that is not there is free', async () => {
    expect(readLock(join(await tempFolder(), 'lock'))).toEqual({ status: 'free' })
  })
})
