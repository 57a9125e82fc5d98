import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type CliProject, cliProject } from '../helpers/cli.ts'
import { jsonReportSchema } from '../helpers/json-report-schema.ts'
import { capitals, experiment, numbered } from '../helpers/modules.ts'
import { startFake } from '../helpers/pushed.ts'

const GOOD = ['--config', 'right=36']
const BAD = ['--config', 'right=20']

function project(files: { readonly [path: string]: string } = {}): Promise<CliProject> {
  return cliProject({ 'exp.ts': capitals, ...files })
}

describe('run --baseline latest', () => {
  test('tells what changed since the last time in the table, after the summaries, in the report and in show', async () => {
    const { run, stored, read } = await project()
    await run(['run', 'exp.ts', ...GOOD])
    const { exitCode, stdout } = await run([
      'run',
      'exp.ts',
      ...BAD,
      '--baseline',
      'latest',
      '--reporter',
      'plain',
      '--reporter',
      'json=r.json',
    ])

    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/change -40\.0 points worse|-40\.0 points worse/)
    expect(stdout).toMatch(/exact +90\.0 % → 50\.0 % {2}regressed\n/)
    expect(stdout.indexOf('passed capitals')).toBeLessThan(stdout.indexOf('compared with'))
    const report = jsonReportSchema.parse(JSON.parse(read('r.json')))
    const [before, after] = stored().map(({ id }) => id)
    expect(report.experiments[0]?.comparison).toMatchObject({
      baseline: { id: before, source: 'latest:capitals' },
      candidate: { id: after },
      counts: { broken: 16 },
    })
    const index = join('.llmobs-exp', 'experiments', after ?? '', 'scores.jsonl')
    const made = read(index)
    await run(['compare', before ?? '', after ?? ''])
    expect(read(index)).toBe(made)
    const shown = await run(['show', 'latest'])
    expect(shown.stdout).toMatch(/exact +90\.0 % → 50\.0 % {2}regressed\n/)
  })

  test('without an experiment to compare with starts no task, and says what to do', async () => {
    const { run, stored } = await project()
    const here = await run(['run', 'exp.ts', '--baseline', 'latest'])
    expect(here.exitCode).toBe(2)
    expect(here.stderr).toContain('E_BASELINE: --baseline latest: no complete experiment named "capitals" is stored in')
    expect(here.stderr).toContain('run it once without --baseline')
    const inCI = await run(['run', 'exp.ts', '--baseline', 'latest'], { env: { CI: 'true' } })
    expect(inCI.exitCode).toBe(2)
    expect(inCI.stderr).toContain(
      'llmobs-exp baseline save latest:capitals -o baseline.json, then --baseline baseline.json',
    )
    const named = await run(['run', 'exp.ts', '--baseline', 'latest:capitals'], { env: { CI: 'true' } })
    expect(named.exitCode).toBe(2)
    expect(named.stderr).toMatch(/E_BASELINE: --baseline latest:capitals: .*commit a baseline/s)
    expect(stored()).toEqual([])
  })

  test('passes over what took other records, was cut short, or has regressed itself', async () => {
    const { run, stored } = await project()
    await run(['run', 'exp.ts', ...GOOD])
    await run(['run', 'exp.ts', ...BAD, '--record', 'capital-1'])
    await run(['run', 'exp.ts', '--config', 'broken=40', '--raise-errors'])
    await run(['run', 'exp.ts', ...BAD, '--baseline', 'latest', '--fail-on-regression'])
    const { exitCode, stdout } = await run(['run', 'exp.ts', ...BAD, '--baseline', 'latest', '--fail-on-regression'])
    expect(exitCode).toBe(1)
    expect(stdout).toContain(stored()[0]?.id)
  })

  test('takes the same choice of records, where there is one', async () => {
    const { run, stored } = await project()
    await run(['run', 'exp.ts', ...GOOD, '-n', '10'])
    const { stdout } = await run(['run', 'exp.ts', ...GOOD, '-n', '10', '--baseline', 'latest'])
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      `compared with ${stored()[0]?.id} (latest:capitals): 10 records paired`,
    )
  })
})

describe('--fail-on-regression', () => {
  test('ends with 1 on what is worse by more than chance, and says how much', async () => {
    const { run, read } = await project()
    await run(['run', 'exp.ts', ...GOOD])
    const worse = await run([
      'run',
      'exp.ts',
      ...BAD,
      '--baseline',
      'latest',
      '--fail-on-regression',
      '--reporter',
      'json=r.json',
    ])
    expect(worse.exitCode).toBe(1)
    expect(worse.lastLine).toMatch(
      /^failed: capitals: exact regressed against latest:capitals: 0\.9 → 0\.5 \(-0\.4, 95 % interval -\S+ to -\S+, p < 0\.001, n = 40\)/,
    )
    const report = jsonReportSchema.parse(JSON.parse(read('r.json')))
    expect(report.experiments[0]?.outcome.failures).toMatchObject([
      { kind: 'regression', name: 'exact', pairs: 40 },
      { kind: 'regression', name: 'tokens' },
    ])
  })

  test('lets pass what chance explains, what is tolerated, and what it does not name', async () => {
    const { run } = await project()
    await run(['run', 'exp.ts', ...GOOD])
    const against = ['--baseline', 'latest', '--fail-on-regression']
    const exitCodes = [
      await run(['run', 'exp.ts', '--config', 'right=34', ...against]),
      await run(['run', 'exp.ts', ...BAD, ...against, 'exact:0.5']),
      await run(['run', 'exp.ts', ...BAD, ...against, 'exact:50%']),
      await run(['run', 'exp.ts', ...GOOD, ...against, 'tokens']),
    ].map(({ exitCode }) => exitCode)
    expect(exitCodes).toEqual([0, 0, 0, 0])
  })

  test('is refused without a baseline, on what there is not, and in place of a file', async () => {
    const { run, stored } = await project()
    await run(['run', 'exp.ts', ...GOOD])
    const alone = await run(['run', 'exp.ts', '--fail-on-regression'])
    expect(alone.stderr).toContain('--fail-on-regression: expected --baseline beside it, got none')
    const misspelt = await run(['run', 'exp.ts', '--baseline', 'latest', '--fail-on-regression', 'exakt'])
    expect(misspelt.stderr).toContain('did you mean "exact"?')
    const swallowed = await run(['run', '--baseline', 'latest', '--fail-on-regression', 'exp.ts', 'exp.ts'])
    expect(swallowed.stderr).toContain('files stand before it, got "exp.ts"')
    expect([alone, misspelt, swallowed].map(({ exitCode }) => exitCode)).toEqual([2, 2, 2])
    expect(stored()).toHaveLength(1)
  })

  test('fails where an evaluator has fallen silent', async () => {
    const silent = capitals.replace('output.length', 'null')
    const { run } = await project({ 'silent.ts': silent })
    await run(['run', 'exp.ts', ...GOOD])
    const { exitCode, lastLine } = await run([
      'run',
      'silent.ts',
      ...GOOD,
      '--baseline',
      'latest',
      '--fail-on-regression',
    ])
    expect(exitCode).toBe(1)
    expect(lastLine).toContain('tokens could not be compared with latest:capitals: no record has a value on both sides')
  })

  test('holds for what is resumed', async () => {
    const { run } = await project()
    await run(['run', 'exp.ts', ...GOOD])
    const cut = [...BAD, '--config', 'broken=1', '--raise-errors', '--jobs', '1']
    const first = await run(['run', 'exp.ts', ...cut, '--baseline', 'latest', '--fail-on-regression'])
    expect(first.exitCode).toBe(1)
    const resumed = await run(['resume', 'latest', '--retry-errors', '--allow-changed', '--config', 'broken=0'])
    expect(resumed.exitCode).toBe(1)
    expect(resumed.lastLine).toContain('exact regressed against latest:capitals: 0.9 → 0.5')
  })
})

describe('a baseline may be', () => {
  test('an id, a folder, or a file', async () => {
    const { run, stored, folder } = await project()
    await run(['run', 'exp.ts', ...GOOD])
    const id = stored()[0]?.id ?? ''
    await run(['baseline', 'save', 'latest'])
    for (const baseline of [id, id.slice(0, 17), join(folder, '.llmobs-exp', 'experiments', id), 'baseline.json']) {
      const { exitCode } = await run(['run', 'exp.ts', ...BAD, '--baseline', baseline, '--fail-on-regression', 'exact'])
      expect({ baseline, exitCode }).toEqual({ baseline, exitCode: 1 })
    }
  })

  test('a file as it is committed, or what ran at a commit', async () => {
    const { run, shell } = await project()
    const git = 'git -c user.name=a -c user.email=a@example.com'
    await shell(`git init -q -b main . && git add exp.ts && ${git} commit -qm one`)
    await run(['run', 'exp.ts', ...GOOD])
    const byCommit = await run(['run', 'exp.ts', ...BAD, '--baseline', 'git:main', '--fail-on-regression'])
    expect(byCommit.exitCode).toBe(1)

    await run(['baseline', 'save', 'latest', '-o', 'eval.json'])
    await shell(`cp eval.json baseline.json && git add *.json && ${git} commit -qm two && rm *.json`)
    const byName = await run(['run', 'exp.ts', ...BAD, '--baseline', 'git:HEAD:eval.json'])
    expect(byName.stdout).toContain('(git:HEAD:eval.json)')
    const byDefault = await run(['run', 'exp.ts', ...BAD, '--baseline', 'git:main'])
    expect(byDefault.stdout).toMatch(/exact +50\.0 % → 50\.0 %/)

    const noFile = await run(['run', 'exp.ts', '--baseline', 'git:main:none.json'])
    expect(noFile.stderr).toContain('there is no file "none.json" at')
    const noRef = await run(['run', 'exp.ts', '--baseline', 'git:--output=x'])
    expect(noRef.stderr).toContain('git knows no commit by the name "--output=x"')
    expect([noFile.exitCode, noRef.exitCode]).toEqual([2, 2])
  })

  test('an experiment at Datadog, by its id or its commit', async () => {
    const fake = await startFake()
    const commit = 'b'.repeat(40)
    const origin = await project()
    await origin.run(['run', 'exp.ts', ...GOOD], { env: { ...fake.env, DD_GIT_COMMIT_SHA: commit } })
    const remoteId = [...fake.state.experiments.values()][0]?.id ?? ''
    const { run, stored } = await project()
    for (const wanted of [commit, commit.slice(0, 10), remoteId]) {
      const args = ['run', 'exp.ts', ...BAD, '--no-push', '--baseline', `datadog:${wanted}`, '--fail-on-regression']
      const { exitCode, lastLine } = await run(args, { env: fake.env })
      expect(exitCode).toBe(1)
      expect(lastLine).toContain(`exact regressed against datadog:${wanted}: 0.9 → 0.5`)
    }
    // It was pulled once.
    expect(stored()).toHaveLength(4)
    const unknown = await run(['run', 'exp.ts', '--no-push', '--baseline', 'datadog:cccccccc'], { env: fake.env })
    expect(unknown.exitCode).toBe(2)
    expect(unknown.stderr).toContain('has no complete experiment named "capitals" of this commit')
    const keyless = await run(['run', 'exp.ts', '--baseline', 'datadog:cccccccc'])
    expect(keyless.stderr).toContain('E_BACKEND_SETTINGS')
  })

  test('nothing that there is not', async () => {
    const { run, folder } = await project()
    writeFileSync(join(folder, 'other.json'), '{"hello":"world"}')
    const missing = await run(['run', 'exp.ts', '--baseline', 'missing.json'])
    expect(missing.stderr).toContain('cannot read the baseline "missing.json"')
    const other = await run(['run', 'exp.ts', '--baseline', 'other.json'])
    expect(other.stderr).toContain('"other.json" is not a baseline file')
    await run(['run', 'exp.ts'])
    const misspelt = await run(['run', 'exp.ts', '--baseline', 'latset'])
    expect(misspelt.stderr).toContain('did you mean "latest"?')
    expect([missing, other, misspelt].map(({ exitCode }) => exitCode)).toEqual([2, 2, 2])
  })
})

describe('variants of one definition', () => {
  const variants = experiment(`${numbered(40)}
    task: (input, { config }) => (input < config.right ? input : -1),
    evaluators: { same: ({ output, expectedOutput }) => output === expectedOutput },
    variants: { small: { config: { right: 20 } }, large: { config: { right: 40 } } },`)

  test('are compared with the first of them when all have run', async () => {
    const { run, read } = await cliProject({ 'exp.ts': variants })
    const { exitCode, stdout } = await run(['run', 'exp.ts', '--reporter', 'plain', '--reporter', 'json=r.json'])
    expect(exitCode).toBe(0)
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      /exp\/large \S+ compared with exp\/small \S+: 40 records paired same 50\.0 % → 100\.0 % improved/,
    )
    const { experiments } = jsonReportSchema.parse(JSON.parse(read('r.json')))
    expect(experiments.map(({ comparison }) => comparison?.baseline.name)).toEqual([undefined, 'exp/small'])
  })

  test('are each held against the one of their own name in a file', async () => {
    const { run } = await cliProject({ 'exp.ts': variants })
    await run(['run', 'exp.ts'])
    await run(['baseline', 'save', 'latest:exp/small', 'latest:exp/large', '-o', 'b.json'])
    const same = await run(['run', 'exp.ts', '--baseline', 'b.json', '--fail-on-regression'])
    expect(same.exitCode).toBe(0)
    const both = same.stdout.match(/compared with/g)
    expect(both).toHaveLength(2)
    await run(['baseline', 'save', 'latest:exp/small', '-o', 'one.json'])
    const lacking = await run(['run', 'exp.ts', '--baseline', 'one.json', '--fail-on-regression'])
    expect(lacking.exitCode).toBe(2)
    expect(lacking.stderr).toContain('expected an experiment named "exp/large", got "exp/small"')
  })
})
