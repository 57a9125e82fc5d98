import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type LocalStore, openLocalStore } from '../../../src/backends/local/store.ts'
import { emptyTrash, moveToTrash, sizeOfTrash } from '../../../src/backends/local/trash.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'
import { fakeManifest } from './manifests.ts'

async function storeWith(...ids: readonly string[]): Promise<LocalStore> {
  const store = openLocalStore(join(await tempFolder(), 'store'))
  for (const id of ids) store.create(fakeManifest(id), { pid: 1, host: 'here' }).leave()
  return store
}

describe('the trash', () => {
  it('takes an experiment out of the store as a whole, and is emptied apart', async () => {
    const store = await storeWith('a', 'b')
    expect(moveToTrash(store.folder, 'a')).toBe(true)
    expect(store.ids()).toEqual(['b'])
    const [moved = ''] = readdirSync(join(store.folder, 'trash'))
    expect(readdirSync(join(store.folder, 'trash', moved)).sort()).toEqual(['events.jsonl', 'manifest.json'])
    expect(await sizeOfTrash(store.folder)).toBeGreaterThan(500)
    await emptyTrash(store.folder)
    expect(readdirSync(store.folder).sort()).toEqual(['.gitignore', 'experiments'])
    expect(await sizeOfTrash(store.folder)).toBe(0)
  })

  it('has room for two of the same id', async () => {
    const store = await storeWith('a')
    moveToTrash(store.folder, 'a')
    store.create(fakeManifest('a'), { pid: 1, host: 'here' }).leave()
    expect(moveToTrash(store.folder, 'a')).toBe(true)
    expect(readdirSync(join(store.folder, 'trash'))).toHaveLength(2)
  })

  it('says so when another command was first', async () => {
    const store = await storeWith('a')
    expect(moveToTrash(store.folder, 'gone')).toBe(false)
    await emptyTrash(store.folder)
    await emptyTrash(store.folder)
  })

  it('deletes links, not what they lead to', async () => {
    const store = await storeWith('a')
    const elsewhere = join(store.folder, 'elsewhere')
    mkdirSync(elsewhere)
    writeFileSync(join(elsewhere, 'kept'), 'x')
    symlinkSync(elsewhere, join(store.files('a').folder, 'link'))
    moveToTrash(store.folder, 'a')
    await emptyTrash(store.folder)
    expect(readdirSync(elsewhere)).toEqual(['kept'])
  })
})
