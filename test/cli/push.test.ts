import { describe, expect, test } from 'vitest'
import { cliProject } from '../helpers/cli.ts'
import { experiment, numbered, passing } from '../helpers/modules.ts'
import { compare, equal, pushedAs, standard, standardProject, startFake } from '../helpers/pushed.ts'

describe('run with a backend', () => {
  test('delivers every row, evaluation and summary, exits 0 and says where to look', async () => {
    const project = await standardProject()
    const { exitCode, stdout, lastLine } = await project.pushRun([
      'run',
      'exp.ts',
      '--project',
      'support',
      '--tag',
      'team:a',
    ])

    const stored = project.only()
    const [experiment, ...others] = pushedAs(project.fake, stored)
    expect(exitCode).toBe(0)
    expect(compare(project.fake, stored)).toEqual(equal)
    expect(project.fake.state.events.spans()).toHaveLength(standard.rows)
    expect(project.fake.state.events.metrics()).toHaveLength(standard.metrics)
    expect(project.fake.state.events.resent()).toEqual([])
    expect(others).toEqual([])
    expect(experiment).toMatchObject({ experiment: 'standard', runCount: 2, status: 'completed' })
    expect(experiment?.metadata).toMatchObject({ tags: expect.arrayContaining(['team:a', 'project_name:support']) })
    expect(stdout).toContain(`200 spans, 402 metrics at 127.0.0.1:${project.fake.port}\n`)
    expect(stdout).toContain(`https://app.datadoghq.com/llm/experiments/${experiment?.id}\n`)
    expect(lastLine).toBe(`passed: standard; look at it: llmobs-exp show ${stored.id}`)
  })

  test('gives the backend the whole dataset, also where only some of it is run', async () => {
    const project = await standardProject()
    await project.pushRun(['run', 'exp.ts', '-n', '5', '-r', '1'])
    const [dataset] = [...project.fake.state.datasets.values()]

    expect(dataset?.name).toBe('standard')
    expect(dataset?.snapshots.at(-1)?.records.size).toBe(100)
    expect(project.fake.state.events.spans()).toHaveLength(5)
  })

  test('gives variants of one definition one dataset, whichever runs while it is read', async () => {
    const fake = await startFake()
    const project = await cliProject({
      'exp.ts': experiment(`${numbered(2_500)} ${passing} variants: { small: {}, large: {} },`),
    })
    const { exitCode } = await project.run(['run', 'exp.ts', '-n', '3'], { env: fake.env })

    const datasets = [...fake.state.datasets.values()]
    expect(exitCode).toBe(0)
    expect(datasets.map(({ name, snapshots }) => [name, snapshots.at(-1)?.records.size])).toEqual([['exp', 2_500]])
    expect(project.stored().map((stored) => compare(fake, stored))).toEqual([equal, equal])
    expect(project.stored().map((stored) => pushedAs(fake, stored).length)).toEqual([1, 1])
  })

  test('delivers what an iterable gave, when it is known what that is', async () => {
    const fake = await startFake()
    const project = await cliProject({
      'exp.ts': experiment(
        `dataset: (async function* () { for (let n = 0; n < 30; n++) yield { id: 'r' + n, input: n, expectedOutput: n } })(), ${passing}`,
      ),
    })
    const { exitCode } = await project.run(['run', 'exp.ts', '--runs', '2'], { env: fake.env })

    const [dataset] = [...fake.state.datasets.values()]
    expect(exitCode).toBe(0)
    expect(dataset?.snapshots.at(-1)?.records.size).toBe(30)
    expect(compare(fake, project.only())).toEqual(equal)
  })

  test('asks nothing of a backend for an experiment that has no record to run', async () => {
    const project = await standardProject()
    const { exitCode } = await project.pushRun(['run', 'exp.ts', '--record', 'none'])
    expect(exitCode).toBe(2)
    expect(project.fake.state.experiments.size).toBe(0)
  })

  test('asks nothing where a module does not load, and nothing more than the check', async () => {
    const project = await standardProject({ 'broken.ts': 'process.exit(0)' })
    const { exitCode } = await project.pushRun(['run', 'broken.ts'])
    expect(exitCode).toBe(2)
    expect(project.fake.requests.map(({ method }) => method).filter((method) => method !== 'GET')).toEqual([])
  })
})
