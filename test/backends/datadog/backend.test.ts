import { describe, expect, it } from 'vitest'
import { createDatadogBackend } from '../../../src/backends/datadog/backend.ts'
import { createClock } from '../../../src/cli/system.ts'
import type { Batch, EncodedItem, Session } from '../../../src/model/backend.ts'
import type { FakeDatadog } from '../../helpers/fake-datadog/fake-datadog.ts'
import { answer, applyTwice, close, malformedJson, reject } from '../../helpers/fake-datadog/faults.ts'
import { memberAt, textAt } from '../../helpers/fake-datadog/json.ts'
import { evaluationOf, failure, itemOf, rowOf, run } from './helpers/items.ts'
import {
  backendOf,
  datasetOf,
  experimentOf,
  recordOf,
  settingsOf,
  signal,
  startFake,
  storedRecords,
} from './helpers/push.ts'

const passed = { status: 'passed', exitCode: 0 } as const

/** An item of each kind of a row that has just ended, encoded. */
function itemsOf(session: Session, key = 'france'): EncodedItem[] {
  const at = Date.now()
  const row = recent(key, at)
  const parts = [
    { kind: 'row', row },
    {
      kind: 'evaluation',
      row,
      evaluation: evaluationOf({ status: 'ok', evaluations: [{ label: 'exact', type: 'boolean', value: true }] }),
    },
    { kind: 'summary', summaries: [{ name: 'accuracy', status: 'ok', type: 'score', value: 1 }] },
  ] as const
  return parts.flatMap((part) => session.encode(itemOf(part, { at }), 0) ?? [])
}

function recent(key: string, at: number) {
  const row = rowOf()
  if (row.task === undefined) throw new Error('it has a task')
  return { ...row, key, task: { ...row.task, startedAt: at - 1_000 } }
}

function batchOf(items: readonly EncodedItem[]): Batch {
  return { ...run, items }
}

function onlyExperiment(fake: FakeDatadog) {
  const [experiment, ...others] = fake.state.experiments.values()
  if (experiment === undefined || others.length > 0) throw new Error(`expected one, got ${fake.state.experiments.size}`)
  return experiment
}

function operations(fake: FakeDatadog): string[] {
  return fake.requests.map(({ operation }) => operation)
}

describe('the Datadog backend', () => {
  it('says what it is and where', async () => {
    const fake = await startFake()
    expect([backendOf(fake).name, backendOf(fake).place]).toEqual(['datadog', `127.0.0.1:${fake.port}`])
  })

  describe('checked', () => {
    it('asks one small thing that tells nothing of the user', async () => {
      const fake = await startFake()
      await backendOf(fake).check(signal)
      expect(fake.requests.map(({ method, path, text }) => [method, path, text])).toEqual([
        ['GET', '/api/v2/llm-obs/v1/projects', ''],
      ])
    })

    it('refuses where the keys are refused, after one request', async () => {
      const fake = await startFake()
      fake.revokeKeys()
      await expect(backendOf(fake).check(signal)).rejects.toMatchObject({ failure: { kind: 'refused' } })
      expect(fake.requests.length).toBe(1)
    })

    it('is unreachable where nobody answers', async () => {
      const fake = await startFake()
      await fake.stop()
      await expect(backendOf(fake).check(signal)).rejects.toMatchObject({ failure: { kind: 'unreachable' } })
    })

    it('is content with whoever knows the keys and not the question', async () => {
      const fake = await startFake()
      fake.script({ fault: answer(400) })
      expect(await backendOf(fake).check(signal)).toBeUndefined()
    })
  })

  describe('opening an experiment', () => {
    it('vector 18: makes project, dataset and experiment, and says that it runs', async () => {
      const fake = await startFake()
      const session = await backendOf(fake).open(
        experimentOf({ git: { commit: 'abc', repository: 'https://x/y' }, sampleSize: 5 }),
        { signal },
      )

      expect(operations(fake)).toEqual([
        'create-project',
        'create-dataset',
        'batch-update',
        'list-experiments',
        'create-experiment',
        'update-experiment',
      ])
      const [project] = fake.state.projects.values()
      const [dataset] = fake.state.datasets.values()
      const experiment = onlyExperiment(fake)
      expect([project?.name, dataset?.name, dataset?.description]).toEqual([
        'default-project',
        'capitals',
        'jsonl ./capitals.jsonl',
      ])
      expect(memberAt(fake.asked('create-experiment')[0]?.json, 'data')).toEqual({
        type: 'experiments',
        attributes: {
          name: 'capitals/small',
          description: 'which capitals a model knows',
          dataset_id: dataset?.id,
          project_id: project?.id,
          dataset_version: 1,
          config: { model: 'small-1' },
          metadata: {
            tags: [
              'team:maps',
              'llmobs_exp.version:0.1.0',
              'project_name:default-project',
              'dataset_name:capitals',
              'experiment_name:capitals/small',
              'git.repository_url:https://x/y',
              'git.commit.sha:abc',
              `project_id:${project?.id}`,
              'llmobs_exp_id:20261122t081503-k3f9q2',
              'sample_size:5',
            ],
          },
          ensure_unique: true,
          run_count: 2,
        },
      })
      expect(experiment.name).toMatch(/^capitals\/small-\d{13}$/)
      expect(experiment.status).toBe('running')
      expect(session.link).toBe(`https://app.datadoghq.com/llm/experiments/${experiment.id}`)
      expect(session).not.toHaveProperty('problems')
    })

    it('vector 45: keeps what the user says of Git', async () => {
      const fake = await startFake()
      const tags = { 'git.commit.sha': 'mine', llmobs_exp_id: 'fake' }
      await backendOf(fake).open(experimentOf({ tags, git: { commit: 'abc' } }), { signal })
      const sent = memberAt(onlyExperiment(fake).metadata, 'tags')
      expect(sent).toContain('git.commit.sha:mine')
      expect(sent).not.toContain('git.commit.sha:abc')
      expect(sent).not.toContain('llmobs_exp_id:fake')
    })

    it('vector 4: takes the project that is there, by the name the experiment gives', async () => {
      const fake = await startFake()
      const project = fake.seed.project({ name: 'geography' })
      const backend = backendOf(fake)
      await backend.open(experimentOf({ project: 'geography' }), { signal })
      await backend.open(experimentOf({ project: 'geography', experimentId: 'b' }), { signal })
      expect(onlyProject(fake).id).toBe(project.id)
      expect(fake.asked('create-project').length).toBe(1)
    })

    it('with what an earlier opening gave asks for nothing', async () => {
      const fake = await startFake()
      const first = await backendOf(fake).open(experimentOf(), { signal })
      const before = fake.requests.length
      const again = await backendOf(fake).open(experimentOf(), { known: first.reference, signal })

      expect(fake.requests.length).toBe(before)
      expect([again.reference, again.link]).toEqual([first.reference, first.link])
      expect(itemsOf(again)[0]?.spans.length).toBe(1)
    })

    it('with what an earlier opening gave adds records that were read since', async () => {
      const fake = await startFake()
      const part = (...keys: string[]) =>
        experimentOf({
          dataset: datasetOf(
            keys.map((key) => recordOf(key)),
            { isWhole: false },
          ),
        })
      const first = await backendOf(fake).open(part('a'), { signal })
      const second = await backendOf(fake).open(part('a', 'b'), { known: first.reference, signal })
      await backendOf(fake).open(part('a', 'b'), { known: second.reference, signal })

      expect(Object.keys(storedRecords(fake))).toEqual(['a', 'b'])
      expect(fake.asked('create-experiment', 'batch-update').length).toBe(3)
    })

    it.each(['null', '{}', '{"experimentId":"../x","projectId":"p","datasetId":"d"}'])(
      'makes it anew where what is known is %s',
      async (known) => {
        const fake = await startFake()
        await backendOf(fake).open(experimentOf(), { known, signal })
        expect(fake.state.experiments.size).toBe(1)
      },
    )

    it('tells of records that were refused', async () => {
      const fake = await startFake()
      fake.script({
        on: ({ operation, text }) => operation === 'batch-update' && text.includes('japan'),
        fault: answer(400),
      })
      const { problems } = await backendOf(fake).open(experimentOf(), { signal })
      expect(problems).toEqual([expect.stringContaining('record "japan" of the dataset')])
    })

    it('runs though it cannot say so', async () => {
      const fake = await startFake()
      fake.script({ on: 'update-experiment', fault: answer(400) })
      await backendOf(fake).open(experimentOf(), { signal })
      expect(onlyExperiment(fake).status).toBeUndefined()
    })

    it('finds the experiment that was made by an attempt without an answer', async () => {
      const fake = await startFake({ visibilityDelay: 3_000 })
      const backend = backendOf(fake)
      fake.script({ on: 'create-experiment', fault: close('after-applying'), times: 1 })
      await expect(backend.open(experimentOf(), { signal })).rejects.toMatchObject({ failure: { kind: 'unreachable' } })
      const session = await backend.open(experimentOf(), { signal })

      expect(session.link).toContain(onlyExperiment(fake).id)
      expect(fake.asked('list-experiments').length).toBeGreaterThan(2)
    })

    it('finds the experiment that another process made, among others', async () => {
      const fake = await startFake()
      await backendOf(fake).open(experimentOf({ experimentId: 'other' }), { signal })
      const first = await backendOf(fake).open(experimentOf(), { signal })
      const second = await backendOf(fake).open(experimentOf(), { signal })
      expect(second.link).toBe(first.link)
      expect(fake.state.experiments.size).toBe(2)
    })

    it('takes the oldest one where each of several requests made one', async () => {
      const fake = await startFake()
      fake.script({ on: 'create-experiment', fault: applyTwice() })
      await backendOf(fake).open(experimentOf(), { signal })
      const links = [
        await backendOf(fake).open(experimentOf(), { signal }),
        await backendOf(fake).open(experimentOf(), { signal }),
      ]
      const [oldest] = fake.state.experiments.values()
      expect(links.map(({ link }) => link.split('/').at(-1))).toEqual([oldest?.id, oldest?.id])
      expect(fake.state.experiments.size).toBe(2)
    })

    it.each(['create-project', 'create-dataset', 'create-experiment'] as const)(
      'takes an answer to %s that has no id for none',
      async (operation) => {
        const fake = await startFake()
        const backend = backendOf(fake)
        fake.script({ on: operation, fault: malformedJson(), times: 1 })
        await expect(backend.open(experimentOf(), { signal })).rejects.toMatchObject({
          failure: { kind: 'unreachable' },
        })
        await backend.open(experimentOf(), { signal })
        expect([fake.state.projects.size, fake.state.datasets.size, fake.state.experiments.size]).toEqual([1, 1, 1])
      },
    )

    it('is given up when it is told so', async () => {
      const fake = await startFake()
      const controller = new AbortController()
      const opening = backendOf(fake).open(experimentOf(), { signal: controller.signal })
      controller.abort()
      await expect(opening).rejects.toMatchObject({ failure: { kind: 'unreachable' }, message: /it was given up/ })
    })
  })

  describe('opening an experiment whose records were read from Datadog', () => {
    const here = async () => {
      const fake = await startFake()
      const { id: projectId } = fake.seed.project({ name: 'other' })
      const { id } = fake.seed.dataset({ projectId, name: 'rivers', version: 5 })
      return { fake, origin: { backend: 'datadog', place: `127.0.0.1:${fake.port}`, id, name: 'rivers', version: 5 } }
    }

    it('uses that dataset, whatever its project, and asks for no record', async () => {
      const { fake, origin } = await here()
      const dataset = datasetOf([], {
        origin,
        isWhole: false,
        records: () => {
          throw new Error('nobody needs them')
        },
      })
      const { reference } = await backendOf(fake).open(experimentOf({ dataset }), { signal })
      await backendOf(fake).open(experimentOf({ dataset }), { known: reference, signal })
      expect(onlyExperiment(fake)).toMatchObject({ datasetId: origin.id, datasetVersion: 5 })
      expect(onlyExperiment(fake).metadata?.tags).toContain('dataset_name:rivers')
      expect(JSON.parse(reference)).toMatchObject({ datasetId: origin.id, datasetName: 'rivers' })
      expect(fake.state.datasets.size).toBe(1)
    })

    it.each([{ place: 'datadoghq.eu' }, { backend: 'other' }])(
      'makes one of its own where it was %j',
      async (parts) => {
        const { fake, origin } = await here()
        const dataset = datasetOf([recordOf('a')], { origin: { ...origin, ...parts } })
        await backendOf(fake).open(experimentOf({ dataset }), { signal })
        expect([...fake.state.datasets.values()].map(({ name }) => name)).toEqual(['rivers', 'capitals'])
      },
    )
  })

  describe('an open experiment', () => {
    it('vector 20: takes spans and metrics of a run together', async () => {
      const fake = await startFake()
      const session = await backendOf(fake).open(experimentOf(), { signal })
      expect(await session.write(batchOf(itemsOf(session)), signal)).toEqual({ rejected: [] })

      const { id, projectId } = onlyExperiment(fake)
      const [request] = fake.asked('post-events')
      expect(memberAt(request?.json, 'data', 'type')).toBe('experiments')
      expect(memberAt(request?.json, 'data', 'attributes', 'scope')).toBe('experiments')
      expect(memberAt(request?.json, 'data', 'attributes', 'tags')).toEqual([
        'llmobs_exp.version:0.1.0',
        `project_id:${projectId}`,
        `experiment_id:${id}`,
        `run_id:${run.runId}`,
        'run_iteration:2',
      ])
      expect(fake.state.events.spans(id).length).toBe(1)
      expect(fake.state.events.metrics(id).map(({ label, runId }) => [label, runId])).toEqual([
        ['exact', ''],
        ['accuracy', run.runId],
      ])
    })

    it('sends metrics alone', async () => {
      const fake = await startFake()
      const session = await backendOf(fake).open(experimentOf(), { signal })
      await session.write(batchOf(itemsOf(session).slice(1)), signal)
      expect(memberAt(fake.asked('post-events')[0]?.json, 'data', 'attributes', 'spans')).toBeUndefined()
      expect(await session.write(batchOf([]), signal)).toEqual({ rejected: [] })
      expect(fake.asked('post-events').length).toBe(1)
    })

    it('sends the same bytes from any process', async () => {
      const fake = await startFake()
      const first = await backendOf(fake).open(experimentOf(), { signal })
      const second = await backendOf(fake).open(experimentOf(), { known: first.reference, signal })
      const item = itemOf({ kind: 'row', row: rowOf() })
      expect(second.encode(item, 0)).toEqual(first.encode(item, 0))
    })

    it('vector 21: does not take what is older than a day', async () => {
      const fake = await startFake()
      const session = await backendOf(fake).open(experimentOf(), { signal })
      fake.time.shift(25 * 60 * 60 * 1000)
      await expect(session.write(batchOf(itemsOf(session)), signal)).rejects.toMatchObject({
        failure: { kind: 'invalid' },
        message: expect.stringContaining('timestamp_within_24hr'),
      })
    })

    it.each([200, 207])('says which items a %i rejects', async (status) => {
      const fake = await startFake()
      const session = await backendOf(fake).open(experimentOf(), { signal })
      fake.script({
        on: 'post-events',
        fault: reject({ status, rejects: (event) => textAt(event, 'label') === 'exact' }),
      })
      expect(await session.write(batchOf(itemsOf(session)), signal)).toEqual({
        rejected: [{ index: 1, reason: 'invalid metric' }],
      })
    })

    it('takes nothing for accepted where the answer does not say what it rejects', async () => {
      const fake = await startFake()
      const session = await backendOf(fake).open(experimentOf(), { signal })
      fake.script({ on: 'post-events', fault: answer(207, { body: { errors: ['one of them'] } }) })
      await expect(session.write(batchOf(itemsOf(session)), signal)).rejects.toMatchObject({
        failure: { kind: 'invalid' },
      })
    })

    it('vector 37: says what it came to, and why', async () => {
      const fake = await startFake()
      const session = await backendOf(fake).open(experimentOf(), { signal })
      session.encode(itemOf({ kind: 'row', row: rowOf({ task: { status: 'error', error: failure } }) }), 0)
      await session.close(passed, signal)
      expect(onlyExperiment(fake)).toMatchObject({ status: 'failed', error: 'ValueError: This is a test error' })
    })

    it('vector 19: is closed by an answer without a word', async () => {
      const fake = await startFake()
      const session = await backendOf(fake).open(experimentOf(), { signal })
      await session.close(passed, signal)
      expect(onlyExperiment(fake)).toMatchObject({ status: 'completed', error: undefined })
    })

    it('says how much fits into one request', async () => {
      const fake = await startFake()
      const { limits } = await backendOf(fake).open(experimentOf(), { signal })
      expect(limits).toEqual({ bytes: 1_000_000, spans: 100, metrics: 1_000 })
    })
  })

  it('sends keys in headers and nowhere else', async () => {
    const fake = await startFake()
    const backend = backendOf(fake)
    const session = await backend.open(experimentOf(), { signal })
    await session.write(batchOf(itemsOf(session)), signal)
    await session.close(passed, signal)
    for (const { text, path, query } of fake.requests) {
      expect(`${text} ${path} ${query}`).not.toMatch(new RegExp(`${fake.keys.apiKey}|${fake.keys.applicationKey}`))
    }
  })

  it('lets the process end once it is closed', async () => {
    const fake = await startFake()
    const backend = createDatadogBackend(settingsOf(fake), { clock: createClock() })
    await backend.check(signal)
    await backend.close()
    await expect(backend.check(signal)).rejects.toMatchObject({ failure: { kind: 'unreachable' } })
  })
})

function onlyProject(fake: FakeDatadog) {
  const [project, ...others] = fake.state.projects.values()
  if (project === undefined || others.length > 0) throw new Error(`expected one, got ${fake.state.projects.size}`)
  return project
}
