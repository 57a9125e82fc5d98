import { expect, test } from 'vitest'
import { cliProject } from '../helpers/cli.ts'
import { experiment, numbered, passing } from '../helpers/modules.ts'
import { compare, equal, startFake, wireOf } from '../helpers/pushed.ts'

test('an experiment that is complete and passed exits 0', async () => {
  const project = await cliProject({ 'exp.ts': experiment(`${numbered(20)} ${passing}`) })
  const { exitCode, lastLine, stdout } = await project.run(['run', 'exp.ts'])

  const { id, manifest, rows, isLocked, tornBytes } = project.only()
  expect(exitCode).toBe(0)
  expect(lastLine).toBe(`passed: exp; look at it: llmobs-exp show ${id}`)
  expect(stdout).toContain('20 rows: 20 ok')
  expect(rows).toHaveLength(20)
  expect(manifest.state).toMatchObject({
    status: 'finished',
    outcome: { status: 'passed' },
    rows: { ok: 20, pending: 0 },
  })
  expect([isLocked, tornBytes]).toEqual([false, 0])
})

test('U1: a task that throws on some rows exits 1, and their evaluators are skipped', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`${numbered(100)}
      task: (input) => { if (input % 15 === 3) throw new TypeError('no ' + input); return input },
      evaluators: { same: ({ output, input }) => output === input, size: ({ output }) => output },
      runs: 2,`),
  })
  const fake = await startFake()
  const { exitCode, lastLine } = await project.run(['run', 'exp.ts'], { env: fake.env })

  const { id, rows } = project.only()
  const failed = rows.filter(({ status }) => status === 'error')
  expect(exitCode).toBe(1)
  expect(lastLine).toBe(
    `failed: exp: 14 of 200 rows have errors, allowed: 0; look at the rows: llmobs-exp show ${id} --rows failing`,
  )
  expect(rows).toHaveLength(200)
  expect(failed).toHaveLength(14)
  for (const row of failed) {
    expect(row.error).toMatchObject({ code: 'E_TASK', name: 'TypeError', message: `no ${row.input}` })
    expect(row.error?.stack).toContain('exp.ts:')
    expect(row.evaluations).toMatchObject({
      same: { status: 'skipped', reason: 'task-failed' },
      size: { status: 'skipped', reason: 'task-failed' },
    })
  }
  const { status, spans } = wireOf(fake, project.only())
  expect(compare(fake, project.only())).toEqual(equal)
  expect(status).toBe('failed')
  expect(spans.filter((span) => span.status === 'error')).toHaveLength(14)
  expect(spans).toHaveLength(200)
})

test('U2: as many failed rows as --max-errors allows exit 0, one more exits 1', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`${numbered(100)} task: (input) => { if (input < 7) throw new Error('no'); return input },
      evaluators: {},`),
  })
  const fake = await startFake()
  const codes = []
  for (const allowed of ['7', '6', '7%', '6.9%']) {
    codes.push((await project.run(['run', 'exp.ts', '--max-errors', allowed], { env: fake.env })).exitCode)
  }

  expect(codes).toEqual([0, 1, 0, 1])
  // That errors are allowed here does not make them successes there.
  expect(project.stored().map((stored) => wireOf(fake, stored).status)).toEqual(Array(4).fill('failed'))
  expect(project.stored().map(({ rows }) => rows.length)).toEqual([100, 100, 100, 100])
})

test('U3: an evaluator that throws leaves outputs and the other evaluator alone and exits 1', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`${numbered(100)} task: (input) => input,
      evaluators: { odd: ({ input }) => { if (input < 5) throw new Error('cannot judge'); return true }, size: ({ output }) => output },
      runs: 2,`),
  })
  const fake = await startFake()
  const { exitCode, stdout } = await project.run(['run', 'exp.ts'], { env: fake.env })

  const { rows } = project.only()
  expect(exitCode).toBe(1)
  expect(rows.filter(({ evaluations }) => evaluations.odd?.status === 'error')).toHaveLength(10)
  expect(rows.filter(({ evaluations }) => evaluations.size?.status === 'ok')).toHaveLength(200)
  expect(rows.every(({ status, output, input }) => status === 'ok' && output === input)).toBe(true)
  expect(stdout).toMatch(/odd +│ 100\.0 %[^│]*│ +95 │ +5 │ +0/)
  const { spans, metrics, errors } = wireOf(fake, project.only())
  expect(compare(fake, project.only())).toEqual(equal)
  expect([spans.length, metrics.length]).toEqual([200, 400])
  expect(errors.map(({ label }) => label)).toEqual(Array(10).fill('odd'))
})

test('an evaluator that throws on every row exits 1', async () => {
  const project = await cliProject({
    'exp.ts': experiment(
      `${numbered(10)} task: (input) => input, evaluators: { bad: () => { throw new Error('broken judge') } },`,
    ),
  })
  const { exitCode, lastLine } = await project.run(['run', 'exp.ts'])

  expect(exitCode).toBe(1)
  expect(lastLine).toContain('failed: exp: 10 of 10 rows have errors')
  expect(project.only().rows.map(({ evaluations }) => evaluations.bad?.error?.message)).toEqual(
    Array(10).fill('broken judge'),
  )
})

test.each(['Number.NaN', 'Number.POSITIVE_INFINITY', '-1 / 0', 'undefined'])(
  'U20: an evaluator that returns %s has an error, not a score, and exits 1',
  async (value) => {
    const project = await cliProject({
      'exp.ts': experiment(`${numbered(4)} task: (input) => input,
        evaluators: { score: ({ input }) => input === 2 ? ${value} : 1 },`),
    })
    const fake = await startFake()
    const { exitCode, lastLine } = await project.run(['run', 'exp.ts', '--reporter', 'json=out.json'], {
      env: fake.env,
    })

    expect(exitCode).toBe(1)
    expect(lastLine).toContain('failed: exp: 1 of 4 rows has errors')
    const row = project.only().rows.find(({ key }) => key === 'r2')
    expect(row?.evaluations.score).toMatchObject({ status: 'error', error: { code: 'E_EVALUATOR_VALUE' } })
    expect(row?.status).toBe('ok')
    const [evaluator] = JSON.parse(project.read('out.json')).experiments[0].runs[0].evaluators
    expect(evaluator).toMatchObject({ type: 'score', value: 1, scored: 3, errored: 1 })
    const { metrics, errors } = wireOf(fake, project.only())
    expect(errors).toMatchObject([{ label: 'score' }])
    expect(metrics.flatMap((metric) => ('score_value' in metric ? [metric.score_value] : []))).toEqual([1, 1, 1])
  },
)

test('a missed threshold exits 1 and the last line says what was wanted and what was got', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`${numbered(10)} task: (input) => input,
      evaluators: { small: ({ input }) => input < 6, size: ({ input }) => input },
      summaryEvaluators: { total: ({ outputs }) => outputs.reduce((sum, value) => sum + value, 0) },
      thresholds: { small: 0.7, size: { max: 4.5 }, total: { min: 45, max: 45 } },`),
  })
  const { exitCode, lastLine } = await project.run(['run', 'exp.ts'])

  expect(exitCode).toBe(1)
  expect(lastLine).toMatch(
    /^failed: exp: small: wanted at least 0\.7, got 0\.6 \(95 % interval .*10 scored, 0 errored, 0 skipped\);/,
  )
  expect(project.only().manifest.state.outcome).toMatchObject({
    failures: [{ kind: 'threshold', name: 'small', wanted: 'at least 0.7' }],
  })
})

test('a threshold on an evaluator that was never applicable exits 1', async () => {
  const project = await cliProject({
    'exp.ts': experiment(
      `${numbered(3)} task: (input) => input, evaluators: { same: () => null }, thresholds: { same: 0 },`,
    ),
  })
  const { exitCode, lastLine } = await project.run(['run', 'exp.ts'])

  expect(exitCode).toBe(1)
  expect(lastLine).toContain('same: wanted at least 0, got no value (0 scored, 0 errored, 3 skipped)')
})

test('a summary evaluator that throws exits 1', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`${numbered(3)} ${passing} summaryEvaluators: { f1: () => { throw new Error('no f1') } },`),
  })
  const { exitCode, lastLine } = await project.run(['run', 'exp.ts'])

  expect(exitCode).toBe(1)
  expect(lastLine).toContain('failed: exp: summary evaluator f1 failed in run 1: no f1')
  expect(project.only().rows).toHaveLength(3)
})

test('--raise-errors stops at the first error with exit 1 and keeps what is done', async () => {
  const project = await cliProject({
    'exp.ts':
      experiment(`${numbered(1000)} task: (input) => { if (input === 20) throw new Error('first'); return input },
      evaluators: {},`),
  })
  const { exitCode, lastLine } = await project.run(['run', 'exp.ts', '--raise-errors', '--jobs', '2'])

  const { id, manifest, rows } = project.only()
  expect(exitCode).toBe(1)
  expect(lastLine).toContain('ended early: exp: first')
  expect(lastLine).toContain(`llmobs-exp show ${id}`)
  expect(rows.length).toBeGreaterThan(15)
  expect(rows.length).toBeLessThan(40)
  expect(manifest.state.rows?.pending).toBe(1000 - rows.length)
})

const notStarted: { [what: string]: { members?: string; args?: string[]; says: RegExp } } = {
  'a dataset without records': { members: `dataset: [], ${passing}`, says: /no records/ },
  'a generator without records': {
    members: `dataset: (function* () {})(), ${passing}`,
    says: /expected at least one record to run, got none/,
  },
  'a filter that matches nothing': { args: ['--filter', 'lang=xx'], says: /no record matches --filter lang=xx/ },
  'a record that is not there': { args: ['--record', 'nobody'], says: /no record matches --record nobody/ },
  '--jobs 0': { args: ['--jobs', '0'], says: /--jobs: expected a whole number from 1 to 10000, got "0"/ },
  '--jobs -1': { args: ['--jobs=-1'], says: /--jobs: expected a whole number from 1 to 10000, got "-1"/ },
  '--jobs 1e9': { args: ['--jobs', '1e9'], says: /--jobs: expected .* got "1e9"/ },
  '--jobs abc': { args: ['--jobs', 'abc'], says: /--jobs: expected .* got "abc"/ },
  '--runs 0': { args: ['--runs', '0'], says: /--runs: expected .* got "0"/ },
  '--sample-size 0': { args: ['--sample-size', '0'], says: /--sample-size: expected .* got "0"/ },
  '--sample-size NaN': { args: ['--sample-size', 'NaN'], says: /--sample-size: expected .* got "NaN"/ },
  '--timeout soon': { args: ['--timeout', 'soon'], says: /--timeout: expected a duration .* got "soon"/ },
  'an unknown option': { args: ['--job', '2'], says: /unknown option '--job'/ },
  'an unknown reporter': { args: ['--reporter', 'jsn'], says: /--reporter: expected one of .* got "jsn"/ },
  'a config key the definition does not have': { args: ['--config', 'modle=x'], says: /modle/ },
  'a name that no experiment has': { args: ['--only', 'nobody'], says: /nobody/ },
}

test.each(Object.entries(notStarted))('D9: %s exits 2 and leaves nothing in the store', async (_what, wrong) => {
  const { members = `${numbered(3)} ${passing} config: { model: 'small' },`, args = [], says } = wrong
  const project = await cliProject({ 'exp.ts': experiment(members) })
  const { exitCode, stderr, lastLine } = await project.run(['run', 'exp.ts', ...args])

  expect(stderr).toMatch(says)
  expect(exitCode).toBe(2)
  expect(lastLine).not.toBe('')
  expect(project.stored()).toEqual([])
})

test('without a command, and with an unknown one, it exits 2 and says what there is', async () => {
  const project = await cliProject()
  const none = await project.run([])
  const unknown = await project.run(['rnu', 'exp.ts'])

  expect(none.exitCode).toBe(2)
  expect(none.stderr).toContain('Usage: llmobs-exp')
  expect(unknown.exitCode).toBe(2)
  expect(unknown.stderr).toContain("unknown command 'rnu'")
})

test('--help and --version exit 0 and print to stdout', async () => {
  const project = await cliProject()
  const help = await project.run(['run', '--help'])
  const version = await project.run(['--version'])

  expect(help).toMatchObject({ exitCode: 0, stderr: '' })
  expect(help.stdout).toContain('--max-errors <n|n%>')
  expect(version).toMatchObject({ exitCode: 0, stderr: '' })
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+/)
})

test('a bad value in an environment variable exits 2 and names the variable', async () => {
  const project = await cliProject({ 'exp.ts': experiment(`${numbered(3)} ${passing}`) })
  const { exitCode, stderr } = await project.run(['run', 'exp.ts'], { env: { LLMOBS_EXP_JOBS: 'many' } })

  expect(exitCode).toBe(2)
  expect(stderr).toContain('LLMOBS_EXP_JOBS')
  expect(project.stored()).toEqual([])
})
