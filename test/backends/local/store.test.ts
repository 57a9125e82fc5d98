import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { defaultStoreFolder } from '../../../src/backends/local/layout.ts'
import { openLocalStore } from '../../../src/backends/local/store.ts'
import { experimentEvents } from '../../helpers/events.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'
import { fakeManifest } from './manifests.ts'

const owner = { pid: 1, host: 'here' }

function mode(path: string): string {
  return (statSync(path).mode & 0o777).toString(8)
}

describe('the local store', () => {
  it('keeps an experiment: manifest, log, and a lock until it is finished', async () => {
    const store = openLocalStore(join(await tempFolder(), 'store'))
    const manifest = fakeManifest('20261122t081503-aaaaaa')
    const stored = store.create(manifest, owner)
    expect(JSON.parse(readFileSync(stored.files.lock, 'utf8'))).toEqual(owner)
    stored.log.append(experimentEvents())
    const keys: string[] = []
    for await (const row of stored.reader.rows({})) keys.push(row.key)
    expect(keys).toEqual(['t-1'])
    stored.finish({ ...manifest, tool: '0.2.0' })
    expect(existsSync(stored.files.lock)).toBe(false)
    expect(await store.manifest(manifest.experimentId)).toMatchObject({ tool: '0.2.0' })
    expect(store.ids()).toEqual([manifest.experimentId])
  })

  it('lets only its owner look in, whatever the umask', async () => {
    const folder = join(await tempFolder(), 'store')
    // The umask is one for the whole process: another one is asked.
    const store = join(await tempFolder(), 'store.cjs')
    const entryPoints = [join(import.meta.dirname, '../../../src/backends/local/store.ts')]
    await build({ entryPoints, outfile: store, bundle: true, platform: 'node', external: ['zod'] })
    const script = `process.umask(0)
      const { openLocalStore } = require(${JSON.stringify(store)})
      openLocalStore(${JSON.stringify(folder)}).create(${JSON.stringify(fakeManifest('id'))}, { pid: 1, host: 'here' })`
    execFileSync(process.execPath, ['-e', script])
    const experiment = join(folder, 'experiments', 'id')
    expect([folder, join(folder, 'experiments'), experiment].map(mode)).toEqual(['700', '700', '700'])
    const files = ['manifest.json', 'events.jsonl', 'lock'].map((name) => join(experiment, name))
    expect([...files, join(folder, '.gitignore')].map(mode)).toEqual(['600', '600', '600', '600'])
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('*\n')
  })

  it('lists experiments newest first, and nothing else that lies there', async () => {
    const store = openLocalStore(join(await tempFolder(), 'store'))
    expect(store.ids()).toEqual([])
    for (const id of ['20261122t081503-b', '20261121t081503-c', '20261122t081503-a'])
      store.create(fakeManifest(id), owner)
    writeFileSync(join(store.folder, 'experiments', 'note.txt'), '')
    expect(store.ids()).toEqual(['20261122t081503-b', '20261122t081503-a', '20261121t081503-c'])
  })

  it('does not write an experiment twice', async () => {
    const store = openLocalStore(join(await tempFolder(), 'store'))
    store.create(fakeManifest('id'), owner)
    expect(() => store.create(fakeManifest('id'), owner)).toThrow(expect.objectContaining({ code: 'E_STORE_WRITE' }))
  })

  it('forgets an experiment that never started', async () => {
    const store = openLocalStore(join(await tempFolder(), 'store'))
    store.create(fakeManifest('id'), owner).discard()
    expect(store.ids()).toEqual([])
    expect(existsSync(store.files('id').folder)).toBe(false)
  })

  it('says what helps where a file stands in its place', async () => {
    const folder = join(await tempFolder(), 'store')
    writeFileSync(folder, '')
    const store = openLocalStore(folder)
    expect(() => store.create(fakeManifest('id'), owner)).toThrow(
      expect.objectContaining({ code: 'E_STORE_WRITE', hint: expect.stringContaining('a file stands where') }),
    )
    expect(() => store.ids()).toThrow(expect.objectContaining({ code: 'E_STORE_READ' }))
  })

  it('lies beside the nearest package.json, else in the current folder', async () => {
    const folder = await tempFolder()
    const inner = join(folder, 'a', 'b')
    mkdirSync(inner, { recursive: true })
    expect(defaultStoreFolder(inner)).toBe(join(inner, '.llmobs-exp'))
    writeFileSync(join(folder, 'a', 'package.json'), '{}')
    expect(defaultStoreFolder(inner)).toBe(join(folder, 'a', '.llmobs-exp'))
  })
})
