import { describe, expect, test } from 'vitest'
import { type CliProject, cliProject } from '../helpers/cli.ts'
import type { FakeDatadog, FakeDatadogOptions } from '../helpers/fake-datadog/fake-datadog.ts'
import { compare, equal, pushedAs, startFake } from '../helpers/pushed.ts'

const module = (options = '') => `import { defineExperiment, datadogDataset } from 'llmobs-exp'

export default defineExperiment({
  name: 'triage',
  dataset: datadogDataset('tickets'${options}),
  task: (input) => input.n % 2,
  evaluators: { right: ({ output, expectedOutput }) => output === expectedOutput },
  variants: { small: {}, large: {} },
})
`

interface Setting {
  readonly fake: FakeDatadog
  readonly project: CliProject
  readonly datasetId: string
  /** With the environment that leads to the backend. */
  run(args: readonly string[], env?: { readonly [name: string]: string }): ReturnType<CliProject['run']>
}

/** A backend with the dataset `tickets` of 30 records in version 4. */
async function setUp(options?: string, fakeOptions: FakeDatadogOptions = {}): Promise<Setting> {
  const fake = await startFake({ pageSize: 7, ...fakeOptions })
  const { id: projectId } = fake.seed.project({ name: 'default-project' })
  const records = Array.from({ length: 30 }, (_, n) => ({ id: `t${n}`, input: { n }, expectedOutput: n % 2 }))
  const { id: datasetId } = fake.seed.dataset({ projectId, name: 'tickets', version: 4, records })
  const project = await cliProject({ 'exp.ts': module(options) })
  return { fake, project, datasetId, run: (args, env = {}) => project.run(args, { env: { ...fake.env, ...env } }) }
}

describe('an experiment on a dataset at Datadog', () => {
  test('is pushed onto this dataset in the version that was read, and nothing of it is sent', async () => {
    const { fake, project, datasetId, run } = await setUp()
    const { exitCode, stderr } = await run(['run', 'exp.ts'])

    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('passed: ')])
    expect([...fake.state.datasets.keys()]).toEqual([datasetId])
    expect(fake.asked('batch-update', 'append-records', 'create-dataset')).toEqual([])
    const stored = project.stored()
    expect(stored.map((one) => compare(fake, one))).toEqual([equal, equal])
    for (const one of stored) {
      expect(pushedAs(fake, one)).toMatchObject([{ datasetId, datasetVersion: 4, status: 'completed' }])
      expect(one.manifest.definition).toMatchObject({
        dataset: { description: 'datadogDataset tickets', origin: { id: datasetId, name: 'tickets', version: 4 } },
      })
    }
    const tags = fake.state.events
      .spans()
      .flatMap(({ hits }) => hits.flatMap(({ event }) => event.tags))
      .filter((tag) => typeof tag === 'string' && tag.startsWith('dataset_'))
    expect(new Set(tags)).toEqual(
      new Set([
        `dataset_id:${datasetId}`,
        'dataset_name:tickets',
        ...Array.from({ length: 30 }, (_, n) => `dataset_record_id:t${n}`),
      ]),
    )
    // Once for both variants, for their check and their runs.
    expect(fake.asked('list-records')).toHaveLength(5)
  })

  test('is pushed onto it later too, from the store alone', async () => {
    const { fake, project, datasetId, run } = await setUp()
    await run(['run', 'exp.ts', '--no-push', '--only', 'triage/small'])
    const pushed = await run(['push', 'latest'])

    expect(pushed.exitCode).toBe(0)
    expect(pushedAs(fake, project.only())).toMatchObject([{ datasetId, datasetVersion: 4 }])
    expect(compare(fake, project.only())).toEqual(equal)
    expect([...fake.state.datasets.keys()]).toEqual([datasetId])
  })

  test('takes the dataset along to another backend, which does not have it', async () => {
    const { project, run } = await setUp()
    const other = await startFake()
    await run(['run', 'exp.ts', '--no-push', '--only', 'triage/small'])
    const pushed = await run(['push', 'latest'], other.env)

    expect(pushed.exitCode).toBe(0)
    expect(
      [...other.state.datasets.values()].map(({ name, snapshots }) => [name, snapshots.at(-1)?.records.size]),
    ).toEqual([['triage', 30]])
    expect(compare(other, project.only())).toEqual(equal)
  })

  test('is checked before anything is run, like one on a file', async () => {
    const { run, project } = await setUp()
    const { exitCode, stdout } = await run(['check', 'exp.ts'])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('datadogDataset tickets, 30 records')
    expect(project.stored()).toEqual([])
  })

  test.each([
    [
      'is not there',
      "'tikets'",
      {},
      'E_BACKEND_UNKNOWN',
      'has no dataset "tikets" (after 10 s)\n  hint: did you mean "tickets"?\n',
    ],
    ['needs keys', "'tickets'", { DD_APP_KEY: '' }, 'E_BACKEND_SETTINGS', 'but DD_APP_KEY is not set'],
    ['needs keys that are right', "'tickets'", { DD_APP_KEY: 'wrong' }, 'E_BACKEND_REFUSED', '403: Forbidden'],
  ])('that %s ends with exit code 2 before any task', async (_what, dataset, env, code, message) => {
    const { run, project } = await setUp()
    project.write('exp.ts', module().replace("'tickets'", dataset))
    const { exitCode, stderr } = await run(['run', 'exp.ts', '--no-push'], env)
    expect(exitCode).toBe(2)
    expect(stderr).toContain(`error ${code}: `)
    expect(stderr).toContain(message)
    expect(project.stored()).toEqual([])
  })

  test('without a network ends with exit code 2', async () => {
    const { run, project, fake } = await setUp()
    await fake.stop()
    const { exitCode, stderr } = await run(['run', 'exp.ts', '--no-push'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('error E_BACKEND_UNREACHABLE: ')
    expect(stderr).toContain('it refused the connection')
    expect(project.stored()).toEqual([])
  })

  test('finds keys in .env', async () => {
    const { project, fake } = await setUp()
    project.write(
      '.env',
      Object.entries(fake.env)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    )
    expect((await project.run(['check', 'exp.ts'])).exitCode).toBe(0)
  })
})
