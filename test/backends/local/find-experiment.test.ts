import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findPulled } from '../../../src/backends/local/find-by-backend-id.ts'
import { findExperiment } from '../../../src/backends/local/find-experiment.ts'
import type { Manifest } from '../../../src/backends/local/manifest.ts'
import { openPushLog } from '../../../src/backends/local/push-log.ts'
import { type LocalStore, openLocalStore } from '../../../src/backends/local/store.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'
import { fakeManifest } from './manifests.ts'

const experiments = [
  ['20261121t080000-aaaaaa', 'triage/small'],
  ['20261122t080000-aaaaaa', 'capitals'],
  ['20261122t080000-bbbbbb', 'triage/large'],
  ['20261122t080000-bbbbbbb', 'other'],
] as const

function named(id: string, name: string): Manifest {
  const manifest = fakeManifest(id, name)
  const variant = name.split('/')[1]
  const ref = { exportName: 'default', ...(variant === undefined ? {} : { variant }) }
  return { ...manifest, definition: { ...manifest.definition, ref } }
}

function pulledManifest(id: string, backendId: string, name = 'exp'): Manifest {
  const link = `https://app.datadoghq.com/llm/experiments/${backendId}`
  const pulled = { backend: 'datadog', place: 'datadoghq.com', id: backendId, link, at: '2026-11-24T08:00:00.000Z' }
  return { ...named(id, name), pulled }
}

async function filledStore(): Promise<LocalStore> {
  const store = openLocalStore(join(await tempFolder(), 'store'))
  for (const [id, name] of experiments) store.create(named(id, name), { pid: 1, host: 'here' })
  return store
}

describe('finding an experiment', () => {
  it.each([
    ['20261122t080000-aaaaaa', '20261122t080000-aaaaaa'],
    ['20261122t080000-bbbbbb', '20261122t080000-bbbbbb'],
    ['20261121', '20261121t080000-aaaaaa'],
    ['20261122t080000-a', '20261122t080000-aaaaaa'],
    ['latest', '20261122t080000-bbbbbbb'],
    ['latest:capitals', '20261122t080000-aaaaaa'],
    ['latest:triage', '20261122t080000-bbbbbb'],
    ['latest:triage/small', '20261121t080000-aaaaaa'],
  ])('%s', async (wanted, id) => {
    const found = await findExperiment(await filledStore(), wanted)
    expect(found.experimentId).toBe(id)
    expect(found.manifest.experimentId).toBe(id)
  })

  it('takes the path of its folder, in whatever store that is', async () => {
    const here = await filledStore()
    const elsewhere = await filledStore()
    const [id] = experiments[1]
    const found = await findExperiment(here, elsewhere.files(id).folder)
    expect(found.experimentId).toBe(id)
    expect(found.store.folder).toBe(elsewhere.folder)
  })

  it.each([
    ['20261122', /^"20261122" is the beginning of 3 experiments: 20261122t080000-bbbbbbb, /],
    ['2027', /^no experiment in .* has an id that starts with "2027"$/],
    ['latest:tri', /^no experiment in .* is named "tri"$/],
    ['latest:', /^no experiment in .* is named ""$/],
    ['\u001b[2J', /has an id that starts with "\\u001b\[2J"$/],
  ])('says what there is when it finds none, or several: %j', async (wanted, message) => {
    await expect(findExperiment(await filledStore(), wanted)).rejects.toMatchObject({
      code: 'E_STORE_UNKNOWN',
      message: expect.stringMatching(message),
      hint: expect.any(String),
    })
  })

  it.each([
    ['latst', 'did you mean "latest"?'],
    ['Latest', 'did you mean "latest"?'],
    ['capitals', 'did you mean "latest:capitals"?'],
    ['triage', 'did you mean "latest:triage"?'],
    ['triage/large', 'did you mean "latest:triage/large"?'],
    ['captials', 'did you mean "latest:capitals"?'],
    ['latset:capitals', 'did you mean "latest:capitals"?'],
    ['20261122t080000-bbbbbx', 'did you mean "20261122t080000-bbbbbb"?'],
    ['./nowhere', 'llmobs-exp list shows what there is'],
    ['latest:captials', 'did you mean "latest:capitals"? There are: "other", "triage/large", "triage", "capitals", '],
    ['latest:zzzzzz', 'There are: "other", "triage/large", "triage", "capitals", "triage/small"'],
  ])('says what was probably meant with %j', async (wanted, hint) => {
    const error: unknown = await findExperiment(await filledStore(), wanted).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'E_STORE_UNKNOWN', hint: expect.stringContaining(hint) })
  })

  it('names a path as a path', async () => {
    await expect(findExperiment(await filledStore(), './nowhere')).rejects.toMatchObject({
      message: 'there is no experiment at "./nowhere": expected a folder with a manifest.json',
    })
  })

  it('passes over a damaged manifest on the way to a name, and says that it did', async () => {
    const store = await filledStore()
    const [other, large] = ['20261122t080000-bbbbbbb', '20261122t080000-bbbbbb']
    writeFileSync(store.files(other).manifest, '{')
    writeFileSync(store.files(large).manifest, JSON.stringify({ v: 99 }))
    const found = await findExperiment(store, 'latest:capitals')

    expect(found.experimentId).toBe('20261122t080000-aaaaaa')
    expect(found.passedOver).toMatchObject([
      { experimentId: other, status: 'damaged' },
      { experimentId: large, status: 'newer' },
    ])
    await expect(findExperiment(store, 'latest:other')).rejects.toMatchObject({
      message: expect.stringMatching(/is named "other"; 2 cannot be read$/),
    })
  })

  it('does not take an older experiment for the latest when that is damaged', async () => {
    const store = await filledStore()
    writeFileSync(store.files('20261122t080000-bbbbbbb').manifest, '')
    await expect(findExperiment(store, 'latest')).rejects.toMatchObject({ code: 'E_STORE_READ' })
  })

  it('takes the id or the link that a backend gave it, of what was pushed before what was pulled', async () => {
    const store = await filledStore()
    const [pushedId, pulledId] = [experiments[0][0], '20261123t080000-aaaaaa']
    const link = 'https://app.datadoghq.com/llm/experiments/ec6d3a8c'
    const log = openPushLog(store.files(pushedId).push, { now: () => 1 })
    log.append({ type: 'opened', backend: 'datadog', place: 'datadoghq.com', reference: '{}', link })
    log.close()
    for (const [id, backendId] of [
      [pulledId, 'ec6d3a8c'],
      ['20261124t080000-aaaaaa', 'other'],
    ] as const) {
      store.create(pulledManifest(id, backendId), { pid: 1, host: 'here' })
    }
    const foundAs = async (wanted: string) => (await findExperiment(store, wanted)).experimentId
    expect(await foundAs('ec6d3a8c')).toBe(pushedId)
    expect(await foundAs(`${link}?tab=1`)).toBe(pushedId)
    expect(await foundAs('other')).toBe('20261124t080000-aaaaaa')
    expect(await findPulled(store, 'ec6d3a8c')).toBe(pulledId)
    await expect(findExperiment(store, 'ec6d3a8')).rejects.toMatchObject({ code: 'E_STORE_UNKNOWN' })
  })

  it('takes nothing that was pulled for the latest', async () => {
    const store = await filledStore()
    store.create(pulledManifest('20261124t080000-aaaaaa', 'other', 'capitals'), { pid: 1, host: 'here' })
    store.create(pulledManifest('20261124t080000-bbbbbb', 'more', 'pulled'), { pid: 1, host: 'here' })
    expect((await findExperiment(store, 'latest')).experimentId).toBe('20261122t080000-bbbbbbb')
    expect((await findExperiment(store, 'latest:capitals')).experimentId).toBe('20261122t080000-aaaaaa')
    await expect(findExperiment(store, 'latest:pulled')).rejects.toMatchObject({
      message: expect.stringMatching(/ of the name "pulled" was run here$/),
      hint: expect.stringContaining('a pulled one is meant by its id: 20261124t080000-bbbbbb'),
    })
  })

  it('says what to do where the store is empty', async () => {
    const store = openLocalStore(join(await tempFolder(), 'none'))
    await expect(findExperiment(store, 'latest')).rejects.toMatchObject({
      code: 'E_STORE_UNKNOWN',
      hint: 'run one with llmobs-exp run <file>',
    })
  })
})
