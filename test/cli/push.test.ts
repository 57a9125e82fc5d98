import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { cliProject } from '../helpers/cli.ts'
import { answer, delay } from '../helpers/fake-datadog/faults.ts'
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

describe('whether there is a backend', () => {
  test('without keys results stay in the local store, and one line says so', async () => {
    const project = await standardProject()
    const { exitCode, stderr, stdout } = await project.run(['run', 'exp.ts', '-n', '1', '-r', '1'])
    const loud = stderr.split('\n').filter((line) => line.includes('DD_API_KEY'))
    expect(exitCode).toBe(0)
    expect(loud).toEqual(['results stay in the local store: DD_API_KEY and DD_APP_KEY are not set'])
    expect(stdout).not.toContain('DD_')
    expect(existsSync(join(project.only().folder, 'push.jsonl'))).toBe(false)
  })

  test('names the key that is missing, says nothing when it is to be quiet or told not to push', async () => {
    const project = await standardProject()
    const run = (args: readonly string[], env: Record<string, string>) =>
      project.run(['run', 'exp.ts', '-n', '1', '-r', '1', ...args], { env })
    const one = await run([], { DD_API_KEY: 'a'.repeat(32) })
    const said = await Promise.all([
      run(['--quiet'], {}),
      run(['--no-push'], {}),
      run([], { LLMOBS_EXP_BACKEND: 'local' }),
    ])
    expect(one.stderr).toContain('results stay in the local store: DD_APP_KEY is not set\n')
    expect(said.map(({ exitCode, stderr }) => [exitCode, stderr.includes('DD_')])).toEqual([
      [0, false],
      [0, false],
      [0, false],
    ])
  })

  test('takes keys from .env, and DD_APPLICATION_KEY for DD_APP_KEY', async () => {
    const project = await standardProject()
    const { DD_API_KEY = '', DD_APP_KEY = '', DD_LLMOBS_OVERRIDE_ORIGIN = '' } = project.fake.env
    const lines = { DD_API_KEY, DD_APPLICATION_KEY: DD_APP_KEY, DD_LLMOBS_OVERRIDE_ORIGIN }
    project.write(
      '.env',
      Object.entries(lines)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    )
    const { exitCode } = await project.run(['run', 'exp.ts', '-n', '2'])
    expect(exitCode).toBe(0)
    expect(compare(project.fake, project.only())).toEqual(equal)
  })

  test.each([['--no-push'], ['--backend', 'local']])('with %s nothing is asked of it', async (...flags) => {
    const project = await standardProject()
    const { exitCode } = await project.pushRun(['run', 'exp.ts', '-n', '1', ...flags])
    expect(exitCode).toBe(0)
    expect(project.fake.requests).toEqual([])
  })

  test.each([
    [
      ['--backend', 'datadog'],
      '--backend datadog: expected the keys of Datadog, but DD_API_KEY and DD_APP_KEY are not set',
    ],
    [
      ['--require-backend'],
      '--require-backend: expected the keys of Datadog, but DD_API_KEY and DD_APP_KEY are not set',
    ],
    [['--require-backend', '--no-push'], '--require-backend: expected results to be pushed, got --no-push'],
    [
      ['--require-backend', '--backend', 'local'],
      '--require-backend: expected results to be pushed, got --backend local',
    ],
  ])('%j without keys is refused before any task', async (flags, message) => {
    const project = await standardProject()
    const { exitCode, stderr } = await project.run(['run', 'exp.ts', ...flags])
    expect([exitCode, project.spent()]).toEqual([2, 0])
    expect(stderr).toContain(message)
    expect(project.stored()).toEqual([])
  })
})

describe('a backend that does not take the keys', () => {
  test('ends the command before any task, with exit 2', async () => {
    const project = await standardProject()
    const key = 'x'.repeat(40)
    const { exitCode, stderr } = await project.pushRun(['run', 'exp.ts'], { DD_APP_KEY: key })
    expect([exitCode, project.spent()]).toEqual([2, 0])
    expect(stderr).toContain('error E_BACKEND_REFUSED: ')
    expect(stderr).toContain('403: Forbidden')
    expect(stderr).not.toContain(key)
    expect(project.stored()).toEqual([])
    expect(project.fake.requests).toHaveLength(1)
  })

  test('is not what is told of when the module does not load', async () => {
    const project = await standardProject({ 'broken.ts': 'throw new Error("no")' })
    const { exitCode, stderr } = await project.pushRun(['run', 'broken.ts'], { DD_APP_KEY: 'x' })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('E_MODULE_LOAD')
    expect(stderr).not.toContain('E_BACKEND')
  })

  test('ends push before anything is sent, with exit 2', async () => {
    const project = await standardProject()
    await project.run(['run', 'exp.ts', '-n', '1'])
    const { exitCode, stderr } = await project.pushRun(['push', 'latest'], { DD_API_KEY: 'x' })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('E_BACKEND_REFUSED')
    expect(project.fake.requests).toHaveLength(1)
  })
})

describe('a backend that is not there', () => {
  test('is a warning; the run goes on, exits 3 and names the push, which delivers everything', async () => {
    const project = await standardProject()
    await project.fake.stop()
    const { exitCode, stderr, stdout, lastLine } = await project.pushRun(['run', 'exp.ts', '--push-timeout', '200ms'])
    const { id, manifest } = project.only()
    expect(exitCode).toBe(3)
    expect(manifest.state).toMatchObject({ status: 'finished', outcome: { status: 'passed' }, rows: { ok: 200 } })
    expect(stderr).toMatch(/^warning W_BACKEND_UNREACHABLE: .*refused the connection.*; the run goes on/m)
    expect(stdout).toContain('not pushed standard\n')
    expect(stdout).toContain('602 events still to be sent\n')
    expect(lastLine).toMatch(
      new RegExp(`^passed, but not all pushed: standard: .*; push the rest: llmobs-exp push ${id}$`),
    )

    await project.fake.start()
    const pushed = await project.pushRun(['push', id])
    expect(pushed.exitCode).toBe(0)
    expect(pushed.stdout).toContain('pushed standard\n  200 spans, 402 metrics at ')
    expect(pushed.lastLine).toBe('pushed: standard')
    expect(compare(project.fake, project.only())).toEqual(equal)
    expect(pushedAs(project.fake, project.only())).toMatchObject([{ status: 'completed' }])
    expect(project.spent()).toBe(standard.rows)
  })

  test('is exit 0 where that is allowed, and the last line says so', async () => {
    const project = await standardProject()
    await project.fake.stop()
    const { exitCode, lastLine } = await project.pushRun([
      ...['run', 'exp.ts', '-n', '1', '-r', '1', '--push-timeout', '100ms', '--allow-undelivered'],
    ])
    const { id } = project.only()
    expect(exitCode).toBe(0)
    expect(lastLine).toBe(
      `passed: standard; look at it: llmobs-exp show ${id}; not all pushed, as is allowed: llmobs-exp push ${id}`,
    )
  })

  test('is exit 2 before any task where it is required', async () => {
    const project = await standardProject()
    await project.fake.stop()
    const { exitCode, stderr } = await project.pushRun(['run', 'exp.ts', '--require-backend'])
    expect([exitCode, project.spent()]).toEqual([2, 0])
    expect(stderr).toContain('error E_BACKEND_UNREACHABLE: ')
  })

  test('does not hide that the verdict is another', async () => {
    const project = await standardProject({
      'bad.ts': experiment(`${numbered(3)} ${passing} thresholds: { same: { max: 0.5 } },`, '', 'bad'),
    })
    await project.fake.stop()
    const { exitCode, lastLine } = await project.pushRun(['run', 'bad.ts', '--push-timeout', '100ms'])
    expect(exitCode).toBe(1)
    expect(lastLine).toMatch(/^failed: bad: .*; not all pushed: llmobs-exp push /)
  })
})

describe('push', () => {
  test('of everything there already asks the backend nothing but for the keys, and sends nothing', async () => {
    const project = await standardProject()
    await project.pushRun(['run', 'exp.ts', '-n', '3'])
    const before = project.fake.requests.length
    const one = await project.pushRun(['push', 'latest'])
    const all = await project.pushRun(['push', '--all'])
    expect([one.exitCode, all.exitCode]).toEqual([0, 0])
    expect(one.stdout).toContain('pushed standard\n  6 spans, 14 metrics at ')
    expect(all.stdout).toBe(one.stdout)
    expect(all.lastLine).toMatch(/^nothing is left to push to 127\.0\.0\.1:\d+$/)
    expect(project.fake.requests.slice(before).map(({ method }) => method)).toEqual(['GET', 'GET'])
    expect(project.fake.state.events.resent()).toEqual([])
  })

  test('--all delivers every experiment of the store, whatever kept it from that', async () => {
    const project = await standardProject({ 'other.ts': experiment(`${numbered(4)} ${passing}`, '', 'other') })
    await project.run(['run', 'exp.ts', '-n', '2'])
    await project.run(['run', 'other.ts'])
    await project.pushRun(['run', 'exp.ts', '-n', '1'])
    const { exitCode, stdout, lastLine } = await project.pushRun(['push', '--all'])
    expect(exitCode).toBe(0)
    expect(stdout.match(/^pushed .*$/gm)).toEqual(['pushed standard', 'pushed other'])
    expect(lastLine).toBe('pushed: 2 experiments; 1 experiment had been pushed before')
    expect(project.stored().map((stored) => compare(project.fake, stored))).toEqual([equal, equal, equal])
  })

  test('--dry-run says what would be sent and to where, and sends nothing', async () => {
    const project = await standardProject()
    await project.run(['run', 'exp.ts', '--project', 'support'])
    const { id } = project.only()
    const dry = await project.pushRun(['push', 'latest', '--dry-run'])
    expect(dry.exitCode).toBe(0)
    expect(dry.stdout).toBe(`${id}  standard: 602 events (200 spans, 402 metrics) to project support\n`)
    expect(dry.lastLine).toBe(
      `would push 602 events of 1 experiment to 127.0.0.1:${project.fake.port}; nothing was sent`,
    )
    expect(project.fake.requests).toEqual([])

    await project.pushRun(['push', 'latest'])
    const after = await project.pushRun(['push', '--all', '--dry-run'])
    expect(after.stdout).toMatch(
      new RegExp(`^${id}  standard: nothing is left to send: https://app\\.datadoghq\\.com/`),
    )
  })

  test('leaves an experiment that is still being run to the command that runs it', async () => {
    const project = await standardProject({
      'slow.ts': experiment(
        `${numbered(3)} task: async () => { console.log('begun'); await new Promise((r) => setTimeout(r, 60_000)) }, evaluators: {},`,
        '',
        'slow',
      ),
    })
    await project.run(['run', 'exp.ts', '-n', '1'])
    const cli = project.start(['run', 'slow.ts'])
    await cli.prints(/begun/)
    const one = await project.pushRun(['push', 'latest'])
    const all = await project.pushRun(['push', '--all'])
    cli.signal('SIGKILL')
    await cli.ended
    expect(one.exitCode).toBe(2)
    expect(one.stderr).toMatch(/error E_STORE_LOCKED: .* is still being run: by process \d+/)
    expect(all.exitCode).toBe(0)
    expect(all.stderr).toMatch(/^left out .* is still being run: by process \d+$/m)
    expect(all.lastLine).toBe('pushed: standard')
  })

  test('delivers what a killed process has left, as interrupted', async () => {
    const project = await standardProject()
    const cli = project.start(['run', 'exp.ts', '--no-push'], { env: { LATENCY: '50' } })
    await cli.until(() => project.spent() > 60)
    cli.signal('SIGKILL')
    await cli.ended
    const { exitCode } = await project.pushRun(['push', 'latest'])
    expect(exitCode).toBe(0)
    expect(compare(project.fake, project.only())).toEqual(equal)
    expect(pushedAs(project.fake, project.only())).toMatchObject([{ status: 'interrupted' }])
  })

  test.each([
    [['push'], 'push: expected an experiment or --all, got neither'],
    [['push', 'latest', '--all'], 'push: expected an experiment or --all, got both'],
    [['push', 'latest'], 'push: expected the keys of Datadog, but DD_API_KEY and DD_APP_KEY are not set'],
    [['push', '--all', '--push-timeout', 'soon'], '--push-timeout: expected a duration'],
  ])('%j is refused with exit 2', async (args, message) => {
    const project = await cliProject()
    const { exitCode, stderr } = await project.run(args)
    expect(exitCode).toBe(2)
    expect(stderr).toContain(message)
  })

  test('of a store that has nothing pushes nothing', async () => {
    const project = await standardProject()
    const all = await project.pushRun(['push', '--all'])
    const one = await project.pushRun(['push', 'latest'])
    expect([all.exitCode, one.exitCode]).toEqual([0, 2])
    expect(all.lastLine).toContain('nothing is left to push')
    expect(one.stderr).toContain('E_STORE_UNKNOWN')
    expect(project.fake.requests).toEqual([])
  })
})

test('list and show say what was pushed, and list says nothing where nothing ever was', async () => {
  const project = await standardProject()
  await project.run(['run', 'exp.ts', '-n', '1'])
  const none = await project.run(['list'])
  project.fake.script({ on: 'post-events', nth: 2, fault: answer(403, { body: { errors: ['Forbidden'] } }) })
  await project.pushRun(['run', 'exp.ts', '-n', '2'])
  await project.pushRun(['run', 'exp.ts', '-n', '3'])
  const listed = await project.run(['list'])
  const [, partly, whole] = project.stored().map(({ id }) => id)
  const shown = await Promise.all([partly, whole].map((id = '') => project.run(['show', id])))
  const report = await project.run(['show', 'latest', '--reporter', 'json'])

  expect(none.stdout).toMatch(/^experiment +outcome +rows /)
  expect(
    listed.stdout
      .split('\n')
      .slice(0, 4)
      .map((line) => line.split(/ {2,}/).slice(1, 3)),
  ).toEqual([
    ['outcome', 'pushed'],
    ['passed', 'yes'],
    ['passed', 'partly'],
    ['passed', expect.stringMatching(/^\d+$/)],
  ])
  expect(shown[0]?.stdout).toMatch(
    /not pushed standard\n {2}.* spans, .* metrics at .*\n {2}\d+ events still to be sent\n/,
  )
  expect(shown[1]?.stdout).toMatch(
    /pushed standard\n {2}6 spans, 14 metrics at .*\n {2}https:\/\/app\.datadoghq\.com\//,
  )
  expect(JSON.parse(report.stdout).experiments[0].delivery).toMatchObject({
    status: 'delivered',
    spans: 6,
    metrics: 14,
  })
})

test('the JSON report says what the backend has, and the keys appear nowhere but in the headers', async () => {
  const project = await standardProject()
  const { DD_API_KEY = '', DD_APP_KEY = '' } = project.fake.env
  project.fake.script({
    on: 'create-dataset',
    nth: 1,
    fault: answer(500, { body: { errors: [{ detail: DD_API_KEY }] } }),
  })
  const args = ['run', 'exp.ts', '--debug', '--reporter', 'json=report.json', '--reporter', 'ndjson']
  const run = await project.pushRun(args)
  const again = await project.pushRun(['run', 'exp.ts'], { DD_APP_KEY: 'y'.repeat(40) })
  const doctor = await project.pushRun(['doctor'])
  const kept = project
    .stored()
    .flatMap(({ folder }) => readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8')))

  expect(JSON.parse(project.read('report.json')).experiments[0].delivery).toMatchObject({
    status: 'delivered',
    backend: 'datadog',
    spans: standard.rows,
    metrics: standard.metrics,
    pending: 0,
    rejected: 0,
    reason: null,
  })
  expect(kept.length).toBeGreaterThan(2)
  const printed = [run, again, doctor].flatMap(({ stdout, stderr }) => [stdout, stderr])
  const bodies = project.fake.requests.map(({ text, path, query }) => `${path}?${query} ${text}`)
  const all = [...kept, ...printed, ...bodies, project.read('report.json')].join('\n')
  expect([DD_API_KEY, DD_APP_KEY, 'y'.repeat(40)].filter((key) => all.includes(key))).toEqual([])
})

test('push shows a bar on a terminal, which is gone at the end', async () => {
  const project = await standardProject({}, { maxBodyBytes: 60_000 })
  await project.run(['run', 'exp.ts'])
  project.fake.script({ on: 'post-events', fault: delay(100) })
  const pty = project.pty('llmobs-exp push latest', { env: project.fake.env })
  await pty.shows(({ lines }) => lines.some((line) => /━+─+ {2}\d+\/602 events to 127\.0\.0\.1:\d+/.test(line)))
  await pty.ended
  const { lines } = pty.see()
  expect(lines.join('\n')).toContain('pushed standard\n  200 spans, 402 metrics at 127.0.0.1')
  expect(lines.filter((line) => line.includes('━'))).toEqual([])
})

test('run --watch pushes each run that comes to its end', async () => {
  const project = await standardProject({ 'small.ts': experiment(`${numbered(3)} ${passing}`, '', 'small') })
  const cli = project.start(['run', '--watch', 'small.ts'], { env: project.fake.env })
  const completed = () =>
    [...project.fake.state.experiments.values()].filter(({ status }) => status === 'completed').length
  await cli.until(() => completed() === 1 && /watching/.test(cli.printed('stderr')))
  project.write('small.ts', experiment(`${numbered(4)} ${passing}`, '', 'small'))
  await cli.until(() => completed() === 2)
  cli.signal('SIGINT')
  await cli.ended
  expect(project.stored().map((stored) => compare(project.fake, stored))).toEqual([equal, equal])
  expect(project.fake.state.events.spans()).toHaveLength(7)
})
