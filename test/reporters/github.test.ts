import { readFile, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ExperimentOutcome, ExperimentView } from '../../src/model/ports.ts'
import { createGithubReporter } from '../../src/reporters/github.ts'
import { resolveReporters } from '../../src/reporters/registry.ts'
import { experimentEvents } from '../helpers/events.ts'
import { failingExperiment } from '../helpers/failing-experiment.ts'
import { fakeComparison, fakeFlip } from '../helpers/fake-comparison.ts'
import { createFakeScreen, type FakeScreenOptions } from '../helpers/fake-screen.ts'
import { fakeInfo, fakeRun, fakeView, passed, undelivered } from '../helpers/fake-view.ts'
import { runnerCommands, runnerPayloads } from '../helpers/github-runner.ts'
import { drivesTerminal, hostileTexts } from '../helpers/hostile.ts'
import { tempFolder } from '../helpers/temp-folder.ts'

interface Told {
  readonly view: ExperimentView
  readonly ended: ExperimentOutcome
}

async function report({ view, ended }: Told, env: FakeScreenOptions['env'] = {}): Promise<string> {
  const screen = createFakeScreen({ env: { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: resolve('.'), ...env } })
  const reporter = createGithubReporter(screen)
  for (const event of experimentEvents()) await reporter.event?.(event, view)
  await reporter.finish?.({ exitCode: 1, experiments: [ended], lastLine: '' })
  expect(screen.out()).toBe('')
  return screen.err()
}

describe('the github reporter', () => {
  it('annotates why an experiment did not pass, its errors, and what is broken', async () => {
    expect(await report(failingExperiment())).toMatchInlineSnapshot(`
      "::error file=triage.ts,title=support-triage failed::rows with errors: 2 of 5, allowed 0%0Athreshold correct: wanted at least 0.9, got 0.85 (95 %25 interval 0.7093 to 0.9294, n = 40)
      ::error file=triage.ts,title=support-triage%3A 1 error in task::Error: 429 Too Many Requests (E_TASK)%0Allmobs-exp run ./triage.ts --only support-triage --record t-18
      ::error file=triage.ts,title=support-triage%3A 1 error in evaluator correct::TypeError: output.label is undefined (E_EVALUATOR)%0Allmobs-exp run ./triage.ts --only support-triage --record t-19
      ::warning file=triage.ts,title=support-triage%3A t-17 is broken::passed in the baseline, and does not any more%0Allmobs-exp run ./triage.ts --only support-triage --record t-17
      ::warning file=triage.ts,title=support-triage%3A t-18 is broken::passed in the baseline, and does not any more%0Allmobs-exp run ./triage.ts --only support-triage --record t-18
      "
    `)
  })

  it('annotates the line that threw', async () => {
    const { view, ended } = failingExperiment()
    const error = {
      code: 'E_TASK',
      name: 'Error',
      message: 'boom',
      location: { file: resolve('src/ask.ts'), line: 12 },
    } as const
    const run = fakeRun({ errors: [{ where: 'task', error, count: 3, exampleKey: 't-1' }] })
    const [, thrown] = runnerCommands(await report({ view: fakeView({ info: view.info, runs: [run] }), ended }))
    expect(thrown?.properties).toMatchObject({
      file: 'src/ask.ts',
      line: '12',
      title: 'support-triage: 3 errors in task',
    })
  })

  it('names no file that is not in the repository', async () => {
    const { view, ended } = failingExperiment()
    const info = fakeInfo({ file: '/elsewhere/triage.ts' })
    const [first] = runnerCommands(await report({ view, ended: { ...ended, info } }))
    expect(first?.properties).not.toHaveProperty('file')
  })

  it('says nothing of an experiment that passed, and warns of what was not delivered', async () => {
    const view = fakeView()
    expect(await report({ view, ended: { info: view.info, outcome: passed } })).toBe('')
    const commands = runnerCommands(
      await report({ view, ended: { info: view.info, outcome: passed, delivery: undelivered } }),
    )
    expect(commands).toMatchObject([{ name: 'warning', data: 'datadoghq.com: no answer from api.datadoghq.com' }])
  })

  it('gives GitHub no more errors and no more warnings than it shows, and counts the others', async () => {
    const { view, ended } = failingExperiment()
    const errors = Array.from({ length: 30 }, (_, index) => ({
      where: 'task' as const,
      error: { code: 'E_TASK', name: 'Error', message: `boom ${index}` } as const,
      count: 1,
      exampleKey: `t-${index}`,
    }))
    const records = Array.from({ length: 15 }, (_, index) => fakeFlip('broken', `t-${index}`))
    const commands = runnerCommands(
      await report({
        view: fakeView({ info: view.info, runs: [fakeRun({ errors })] }),
        ended: { ...ended, comparison: fakeComparison({ records }) },
      }),
    )
    expect(commands.filter(({ name }) => name === 'error')).toHaveLength(10)
    expect(commands.filter(({ name }) => name === 'warning')).toHaveLength(10)
    expect(commands[9]?.data).toBe('22 more than GitHub shows: see the summary of the step')
  })

  it('appends the summary of the step to what is there', async () => {
    const file = join(await tempFolder(), 'summary.md')
    await writeFile(file, '# before\n')
    await report(failingExperiment(), { GITHUB_STEP_SUMMARY: file })
    expect(await readFile(file, 'utf8')).toMatch(/^# before\n### ❌ \*\*failed\*\* `support-triage`\n/)
  })

  it.each([[1024 * 1024], [1024 * 1024 - 100], [1024 * 1024 - 2000]])(
    'stays within what GitHub takes where %i bytes are there',
    async (size) => {
      const file = join(await tempFolder(), 'summary.md')
      await writeFile(file, 'x'.repeat(size))
      const text = await report(failingExperiment(), { GITHUB_STEP_SUMMARY: file })
      expect((await stat(file)).size).toBeLessThanOrEqual(1024 * 1024)
      expect(text.includes('the summary of this step is full')).toBe(size > 1024 * 1024 - 500)
    },
  )

  it('lets no text from data be a command of its own, nor drive a terminal', async () => {
    const { view, ended } = failingExperiment()
    for (const text of [...runnerPayloads, ...hostileTexts]) {
      const info = fakeInfo({ name: text, file: text })
      const error = { code: 'E_TASK', name: text, message: text } as const
      const run = fakeRun({ errors: [{ where: { evaluator: text }, error, count: 1, exampleKey: text }] })
      const told = await report({
        view: fakeView({ info: { ...info, experimentId: view.info.experimentId }, runs: [run] }),
        ended: {
          ...ended,
          info: { ...info, experimentId: view.info.experimentId },
          comparison: fakeComparison({ records: [fakeFlip('broken', text)] }),
        },
      })
      const lines = told.trimEnd().split('\n')
      expect(runnerCommands(told)).toHaveLength(lines.length)
      expect(runnerCommands(told).map(({ name }) => name)).toEqual(['error', 'error', 'warning'])
      expect(told).not.toMatch(drivesTerminal)
      for (const { properties } of runnerCommands(told)) {
        expect(Object.keys(properties).filter((name) => !['file', 'title'].includes(name))).toEqual([])
      }
    }
  })
})

describe('the github reporter by itself', () => {
  const names = async (specs: readonly string[], { github = true, env = { GITHUB_ACTIONS: 'true' } } = {}) =>
    (await resolveReporters(specs, { screen: createFakeScreen({ env }), github })).map(({ name }) => name)

  it('comes in GitHub Actions, beside whatever else is asked for', async () => {
    expect(await names([])).toEqual(['github', 'plain', 'last-line'])
    expect(await names(['json'])).toEqual(['json', 'github', 'plain', 'last-line'])
    expect(await names(['github'])).toEqual(['github', 'plain', 'last-line'])
  })

  it('does not come elsewhere, nor where it is turned off', async () => {
    expect(await names([], { github: false })).toEqual(['plain', 'last-line'])
    expect(await names([], { env: { GITHUB_ACTIONS: 'false' } })).toEqual(['plain', 'last-line'])
  })
})
