import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { LockState } from '../../../src/backends/local/lock.ts'
import { claimExperiment } from '../../../src/backends/local/reopen.ts'
import { openLocalStore } from '../../../src/backends/local/store.ts'
import { experimentEvents } from '../../helpers/events.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'
import { fakeManifest } from './manifests.ts'

const manifest = fakeManifest('20261122t081503-aaaaaa')
const NOW = 2_000_000_000_000
const owner = { pid: 7, host: 'here' }
const options = { owner, isGone: (lock: LockState) => lock.status === 'held' && lock.owner.pid === 1, now: NOW }

/** An experiment that a process has left in the middle of a line. */
async function leftBehind({ pid = 1 } = {}) {
  const store = openLocalStore(join(await tempFolder(), 'store'))
  const { files, log } = store.create(manifest, { pid, host: 'here' })
  log.append(experimentEvents())
  log.close()
  const whole = readFileSync(files.events)
  writeFileSync(files.events, `${whole}{"v":1,"se`)
  return { store, files, whole }
}

describe('an experiment that is claimed', () => {
  it('is not changed before the first event, then its torn line is cut and its manifest says that it is not finished', async () => {
    const { store, files, whole } = await leftBehind()
    const claimed = claimExperiment(files, options)
    const stored = claimed?.reopen({ manifest: { ...manifest, tool: '0.2.0' }, end: whole.length })
    expect(JSON.parse(readFileSync(files.lock, 'utf8'))).toEqual(owner)
    expect(readFileSync(files.events, 'utf8')).toBe(`${whole}{"v":1,"se`)
    const problem = { type: 'problem', severity: 'warning', code: 'W_TORN_LINE', message: 'm', seq: 9, at: 0 } as const
    stored?.log.append([problem])
    expect(readFileSync(files.events, 'utf8').slice(whole.toString().length)).toMatch(/^\{.*W_TORN_LINE.*\}\n$/)
    expect(readFileSync(files.events).subarray(0, whole.length).equals(whole)).toBe(true)
    expect(await store.manifest(manifest.experimentId)).toMatchObject({ tool: '0.2.0', state: { status: 'planned' } })
    stored?.leave()
    expect(existsSync(files.lock)).toBe(false)
  })

  it('is left as it is where nothing is appended, and never taken out of the store', async () => {
    const { files, whole } = await leftBehind()
    const stored = claimExperiment(files, options)?.reopen({ manifest, end: whole.length })
    stored?.discard()
    expect(readFileSync(files.events, 'utf8')).toBe(`${whole}{"v":1,"se`)
    expect(existsSync(files.lock)).toBe(false)
  })

  it('is not claimed from a process that may still be there', async () => {
    const { files } = await leftBehind({ pid: 2 })
    expect(claimExperiment(files, options)).toBeUndefined()
    expect(JSON.parse(readFileSync(files.lock, 'utf8'))).toMatchObject({ pid: 2 })
  })

  it('is claimed by one of several that try', async () => {
    const { files } = await leftBehind()
    const claims = [1, 2, 3].map((number) =>
      claimExperiment(files, { ...options, owner: { pid: 10 + number, host: 'here' } }),
    )
    expect(claims.filter((claim) => claim !== undefined)).toHaveLength(1)
    claims.find((claim) => claim !== undefined)?.release()
    expect(claimExperiment(files, options)).toBeDefined()
  })

  it('is claimed from a lock that says nothing once that has been there for a minute', async () => {
    const { files } = await leftBehind()
    writeFileSync(files.lock, '')
    utimesSync(files.lock, NOW / 1000 - 59, NOW / 1000 - 59)
    expect(claimExperiment(files, options)).toBeUndefined()
    utimesSync(files.lock, NOW / 1000 - 61, NOW / 1000 - 61)
    expect(claimExperiment(files, options)).toBeDefined()
  })
})
