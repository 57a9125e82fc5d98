import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { checkDatasetSource } from '../../src/contracts.ts'
import { datadogDataset } from '../../src/datadog/dataset.ts'
import { openDataset } from '../../src/datasets/open-dataset.ts'
import type { DatasetRecord } from '../../src/model/dataset.ts'
import { problemsOf, readItems } from '../datasets/read-all.ts'
import type { FakeDatadog } from '../helpers/fake-datadog/fake-datadog.ts'
import { answer } from '../helpers/fake-datadog/faults.ts'
import { surroundingFake } from './environment.ts'

const tickets = [
  { id: 'c', input: { ticket: 'one' }, expectedOutput: 'bug', metadata: { lang: 'de' }, tags: ['team:a', 'odd'] },
  { id: 'a', input: { ticket: 'two' }, tags: ['team:b'] },
  { id: 'b', input: { ticket: 'three' }, expectedOutput: '' },
]
/** As `tickets` are read: by id, with the tags that are some. */
const records: readonly DatasetRecord[] = [
  { id: 'a', input: { ticket: 'two' }, tags: ['team:b'] },
  { id: 'b', input: { ticket: 'three' }, expectedOutput: '' },
  { id: 'c', input: { ticket: 'one' }, expectedOutput: 'bug', metadata: { lang: 'de' }, tags: ['team:a'] },
]

function seed(fake: FakeDatadog, { project = 'default-project', version = 1 } = {}) {
  const { id: projectId } = fake.seed.project({ name: project })
  return fake.seed.dataset({ projectId, name: 'tickets', version, records: tickets })
}

function sourceOf(dataset: unknown) {
  return openDataset(dataset).source
}

describe('datadogDataset', () => {
  it('keeps the contract of dataset sources, in the order of ids whatever the pages', async () => {
    seed(await surroundingFake({ pageSize: 2 }))
    expect(await checkDatasetSource(() => datadogDataset('tickets'), { expected: records })).toEqual([])
  })

  it('says where its records are kept, once they are read', async () => {
    const fake = await surroundingFake()
    const { id } = seed(fake, { version: 3 })
    const source = sourceOf(datadogDataset('tickets'))
    expect(source.origin?.()).toBeUndefined()
    await readItems(source)
    expect(source.origin?.()).toEqual({
      backend: 'datadog',
      place: `127.0.0.1:${fake.port}`,
      id,
      name: 'tickets',
      version: 3,
    })
  })

  it('is read in the version, the project and with the tags that are wanted', async () => {
    const fake = await surroundingFake()
    seed(fake, { project: 'support', version: 7 })
    const options = { version: 7, project: 'support', tags: ['team:b', 'team:c'] }
    expect(await readItems(sourceOf(datadogDataset('tickets', options)))).toMatchObject([{ record: { id: 'a' } }])
    const { query } = fake.asked('list-records')[0] ?? {}
    expect([query?.get('filter[version]'), query?.getAll('filter[tags]')]).toEqual(['7', ['team:b', 'team:c']])
  })

  it('gives the same records to every reading, also when there is a new version meanwhile', async () => {
    const fake = await surroundingFake()
    const { id } = seed(fake)
    const source = sourceOf(datadogDataset('tickets'))
    const first = await readItems(source)
    fake.seed.records(id, [{ id: 'd', input: { ticket: 'four' } }])
    expect(await readItems(source)).toEqual(first)
    expect(fake.asked('list-records')).toHaveLength(1)
  })

  it('goes on with the version that an earlier reading had, in another thread', async () => {
    const fake = await surroundingFake()
    const dataset = seed(fake)
    const [first] = dataset.snapshots
    if (first === undefined) throw new Error('it has a version')
    const snapshots = [first, { ...first, version: 2, records: new Map() }]
    fake.state.datasets.set(dataset.id, { ...dataset, snapshots })
    const origin = { backend: 'datadog', place: 'there', id: dataset.id, name: 'tickets', version: 1 }
    expect(await readItems(sourceOf(datadogDataset('tickets')), { origin })).toHaveLength(3)
  })

  it('is iterated by a script, anew each time', async () => {
    const fake = await surroundingFake()
    const { id } = seed(fake)
    const dataset = datadogDataset('tickets')
    const read = async () => {
      const found: unknown[] = []
      for await (const record of dataset) found.push(record)
      return found
    }
    expect(await read()).toEqual(records)
    fake.seed.records(id, [{ id: 'd', input: 4 }])
    expect(await read()).toHaveLength(4)
  })

  it('checks values with schemas, and names the record that is wrong', async () => {
    seed(await surroundingFake())
    const expectedOutput = z.enum(['bug', 'billing']).optional()
    const input = z.object({ ticket: z.string().transform((text) => text.toUpperCase()) })
    const items = await readItems(sourceOf(datadogDataset('tickets', { input, expectedOutput })))
    expect(items[0]).toMatchObject({ status: 'record', record: { id: 'a', input: { ticket: 'TWO' } } })
    expect(problemsOf(items).map(({ message }) => message)).toEqual([
      expect.stringMatching(/^datadogDataset tickets: record "b": expectedOutput: Invalid option/),
    ])
  })

  it('says which records are none', async () => {
    const fake = await surroundingFake()
    const { id } = seed(fake)
    fake.seed.records(id, [{ id: 'x'.repeat(5_000), input: 1 }])
    const [problem] = problemsOf(await readItems(sourceOf(datadogDataset('tickets'))))
    expect(problem?.message).toContain('id: expected at most 4096 characters, got 5000')
  })

  it('can be read again after it could not be read', async () => {
    const fake = await surroundingFake()
    seed(fake)
    const source = sourceOf(datadogDataset('tickets'))
    fake.revokeKeys()
    await expect(readItems(source)).rejects.toMatchObject({ code: 'E_BACKEND_REFUSED' })
    fake.restoreKeys()
    expect(await readItems(source)).toHaveLength(3)
  })

  it('does not answer for a backend that does not', async () => {
    const fake = await surroundingFake()
    fake.script({ fault: answer(500) })
    await expect(readItems(sourceOf(datadogDataset('tickets')))).rejects.toMatchObject({
      code: 'E_BACKEND_UNREACHABLE',
      message: expect.stringContaining('cannot find the project: '),
    })
  })

  it('names the keys that are missing, and itself', async () => {
    vi.stubEnv('DD_API_KEY', '')
    vi.stubEnv('DD_APP_KEY', 'x')
    await expect(readItems(sourceOf(datadogDataset('tickets', { version: 2 })))).rejects.toMatchObject({
      code: 'E_BACKEND_SETTINGS',
      message: 'datadogDataset tickets, version 2: expected the keys of Datadog, but DD_API_KEY is not set',
    })
    vi.unstubAllEnvs()
  })

  it('keeps what does not show in a name from a terminal', () => {
    expect(sourceOf(datadogDataset('a\u001b[31m\u202e')).description).toBe('datadogDataset a\\u001b[31m\\u202e')
  })

  it.each([
    [['', {}], 'datadogDataset: expected the name of a dataset, got ""'],
    [[undefined, {}], 'datadogDataset: expected the name of a dataset, got undefined'],
    [['x', null], 'datadogDataset x: expected an object of schemas and options, got null'],
    [['x', { version: 0 }], 'datadogDataset x: version: expected a whole number from 1 on, got the number 0'],
    [['x', { version: '1' }], 'datadogDataset x: version: expected a whole number from 1 on, got "1"'],
    [['x', { tags: 'a:b' }], 'datadogDataset x: tags: expected an array of "key:value" strings, got "a:b"'],
    [['x', { tags: ['a'] }], 'datadogDataset x: tags: expected an array of "key:value" strings, got an array of 1'],
    [['x', { project: '' }], 'datadogDataset x: project: expected the name of a project, got ""'],
    [['x', { input: 1 }], 'datadogDataset x: input: expected a Standard Schema, got the number 1'],
    [
      ['x', { versoin: 1 }],
      'datadogDataset x: expected no other options than input, expectedOutput, metadata, version, tags, project, got "versoin"; did you mean "version"?',
    ],
  ])('refuses %j', (given, message) => {
    expect(() => Reflect.apply(datadogDataset, undefined, given)).toThrow(message)
  })
})
