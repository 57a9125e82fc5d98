import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findExperiment } from '../../../src/backends/local/find-experiment.ts'
import { type LocalStore, openLocalStore } from '../../../src/backends/local/store.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'
import { fakeManifest } from './manifests.ts'

const experiments = [
  ['20261121t080000-aaaaaa', 'triage/small'],
  ['20261122t080000-aaaaaa', 'capitals'],
  ['20261122t080000-bbbbbb', 'triage/large'],
  ['20261122t080000-bbbbbbb', 'other'],
] as const

async function filledStore(): Promise<LocalStore> {
  const store = openLocalStore(join(await tempFolder(), 'store'))
  for (const [id, name] of experiments) store.create(fakeManifest(id, name), { pid: 1, host: 'here' })
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

  it('says what to do where the store is empty', async () => {
    const store = openLocalStore(join(await tempFolder(), 'none'))
    await expect(findExperiment(store, 'latest')).rejects.toMatchObject({
      code: 'E_STORE_UNKNOWN',
      hint: 'run one with llmobs-exp run <file>',
    })
  })
})
