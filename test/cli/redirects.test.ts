import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cliProject } from '../helpers/cli.ts'
import { experiment, numbered, passing } from '../helpers/modules.ts'

const failing = `${numbered(200)} task: (input) => input,
  evaluators: { small: ({ output }) => output < 100 },`

test('| tee gets what a file would: plain lines without control sequences', async () => {
  const project = await cliProject({ 'exp.ts': experiment(failing) })
  const { stdout } = await project.shell('llmobs-exp run exp.ts 2>&1 | tee copy.txt')

  expect(project.read('copy.txt')).toBe(stdout)
  expect(stdout).not.toContain('\u001b')
  expect(stdout).toContain('100 rows failed or did not pass')
  expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^passed: exp/)
})

test('| tee at a terminal shows lines in place of a live area, which it would write into', async () => {
  const project = await cliProject({ 'exp.ts': experiment(`${numbered(20)} ${passing}`) })
  const { stdout } = await project.pty('llmobs-exp run exp.ts --runs 3 | tee copy.txt').ended

  expect(project.read('copy.txt')).not.toContain('\u001b')
  expect(stdout).not.toContain('\u001b[?25l')
  expect(stdout).toContain('exp: 60 of 60 rows (100 %)')
  expect(stdout.match(/^exp · run \d of 3/gm)).toHaveLength(3)
})

test('with stdout in a file the live area is on the terminal all the same, and the file has no trace of it', async () => {
  const project = await cliProject({
    'exp.ts': experiment(
      `${numbered(20)} evaluators: {},
      task: async (input) => { if (input === 10) { while (!existsSync('go')) await sleep(20) } return input },`,
      "import { existsSync } from 'node:fs'\nimport { setTimeout as sleep } from 'node:timers/promises'",
    ),
  })
  const cli = project.pty('llmobs-exp run exp.ts --no-push > out.txt')
  await cli.shows(({ lines }) => lines.some((line) => line.includes('19/20')))
  project.write('go', '')
  const { exitCode } = await cli.ended

  expect(exitCode).toBe(0)
  expect(project.read('out.txt')).not.toContain('\u001b')
  expect(project.read('out.txt')).toContain('20 rows: 20 ok')
  expect(cli.see().lines.filter((line) => line !== '')).toEqual([expect.stringMatching(/^passed: exp; look at it:/)])
})

test('T4: a slow reader gets a document of 5 MB to its last byte', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`dataset: Array.from({ length: 20 }, (_, n) => ({ id: 'r' + n, input: n })),
      task: (n) => n,
      evaluators: Object.fromEntries([...'abcdef'].map((name) => [name, ({ output }) => 'x'.repeat(250_000) + output])),`),
  })
  const script = 'llmobs-exp run exp.ts --reporter json | { sleep 1; cat; } > report.json'
  await project.shell(script)

  const { id } = project.only()
  expect(statSync(join(project.folder, 'report.json')).size).toBeGreaterThan(5_000_000)
  expect(JSON.parse(project.read('report.json')).experiments).toMatchObject([{ id }])
})

test.each([['plain'], ['json'], ['ndjson']])(
  'a full disk behind stdout costs no row and is said on stderr (%s)',
  async (reporter) => {
    const project = await cliProject({ 'exp.ts': experiment(`${numbered(50)} ${passing}`) })
    const { exitCode, stderr, lastLine } = await project.shell(
      `llmobs-exp run exp.ts --reporter ${reporter} > /dev/full`,
    )

    expect(exitCode).toBe(0)
    expect(stderr).toMatch(/^error E_REPORTER: .*cannot write to stdout: ENOSPC/m)
    expect(lastLine).toMatch(/^passed: exp/)
    expect(project.only().rows).toHaveLength(50)
  },
)

test('a full disk behind stderr costs nothing', async () => {
  const project = await cliProject({ 'exp.ts': experiment(`${numbered(50)} ${passing}`) })
  const { exitCode, stdout } = await project.shell('llmobs-exp run exp.ts 2> /dev/full')

  expect(exitCode).toBe(0)
  expect(stdout).toContain('50 rows: 50 ok')
})

test.each([['list'], ['show latest'], ['show latest --rows failing']])(
  '%s says when what it printed did not arrive, but not when nobody reads on',
  async (command) => {
    const project = await cliProject({ 'exp.ts': experiment(failing) })
    await project.run(['run', 'exp.ts'])
    const full = await project.shell(`llmobs-exp ${command} > /dev/full`)
    const left = await project.shell(`{ llmobs-exp ${command}; echo $? > code; } | head -1`)
    const closed = await project.shell(`llmobs-exp ${command} >&-`)

    expect(full.exitCode).toBe(2)
    expect(full.stderr).toContain('E_REPORTER')
    expect([project.read('code'), left.stderr]).toEqual(['0\n', ''])
    expect([closed.exitCode, closed.stderr]).toEqual([0, ''])
  },
)

test('check, doctor and completion say when what they printed did not arrive', async () => {
  const project = await cliProject({ 'exp.ts': experiment(`${numbered(2)} ${passing}`) })
  for (const command of ['check exp.ts', 'check exp.ts --json', 'doctor --json', 'completion bash']) {
    const { exitCode, stderr } = await project.shell(`llmobs-exp ${command} > /dev/full`)
    expect([command, exitCode]).toEqual([command, 2])
    expect(stderr).toContain('E_REPORTER: cannot write to stdout: ENOSPC')
  }
})
