import { describe, expect, test } from 'vitest'
import { describeCommand, renderDefect } from '../../src/cli/defect.ts'
import { createSecrets } from '../../src/cli/secrets.ts'
import { LlmobsExpError } from '../../src/model/errors.ts'
import { type CliProject, cliProject } from '../helpers/cli.ts'
import { experiment, numbered, passing } from '../helpers/modules.ts'

/** Breaks something that the tool relies on, in its main thread: what follows is what a defect of its own would be. */
function breaking(code: string): { readonly [path: string]: string } {
  return {
    'break.mjs': `import os from 'node:os'
import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { isMainThread } from 'node:worker_threads'
if (isMainThread) { ${code} }
syncBuiltinESMExports()
`,
  }
}

const nameless = breaking(
  "os.hostname = () => { throw new TypeError('no name in ' + process.cwd() + '/x, key sk-canary-1234') }",
)
const run = ['run', 'exp.ts', '--jobs', '3', '--tag=team:canary']

function broken(project: CliProject, args: readonly string[] = run, env = {}) {
  return project.run(args, { env: { NODE_OPTIONS: `--import ${project.folder}/break.mjs`, ...env } })
}

describe('an error that the tool did not expect', () => {
  test('exits 70 and says what to report, without values, secrets and folders of the machine', async () => {
    const project = await cliProject({ 'exp.ts': experiment(`${numbered(3)} ${passing}`), ...nameless })
    const { exitCode, stdout, stderr } = await broken(project, run, { OPENAI_API_KEY: 'sk-canary-1234', CI: '1' })

    expect([exitCode, stdout]).toEqual([70, ''])
    expect(stderr).toContain('error E_INTERNAL: TypeError: no name in ./x, key ***\n')
    expect(stderr).toMatch(/^ {4}at .*llmobs-exp\/dist\/cli\/run\.cjs:\d+:\d+/m)
    expect(stderr).toContain('This is a defect of llmobs-exp, not of your experiment.')
    expect(stderr).toMatch(/^ {4}llmobs-exp \d+\.\d+\.\d+, Node \d+\.\d+\.\d+, \w+ \w+$/m)
    expect(stderr).toContain('    llmobs-exp run … --jobs … --tag=…\n')
    expect(stderr).toContain('please report it with the text above to the maintainers of llmobs-exp')
    expect(stderr).not.toContain('canary')
    expect(stderr).not.toContain(project.folder)
    expect(stderr).not.toContain(process.cwd())
  })

  test('fits a terminal of 40 columns in that nothing of it is cut', async () => {
    const project = await cliProject({ 'exp.ts': experiment(`${numbered(3)} ${passing}`), ...nameless })
    const command = `NODE_OPTIONS="--import ${project.folder}/break.mjs" llmobs-exp run exp.ts`
    const { exitCode, stdout } = await project.pty(command, { columns: 40 }).ended

    expect(exitCode).toBe(70)
    expect(stdout).toContain('maintainers of llmobs-exp')
  })

  test('is the same for other commands', async () => {
    const project = await cliProject({ 'exp.ts': experiment(`${numbered(3)} ${passing}`), ...nameless })
    await project.run(['run', 'exp.ts'])
    const { id } = project.only()
    project.write(`.llmobs-exp/experiments/${id}/lock`, '{"pid":1,"host":"here"}')
    const { exitCode, stderr } = await broken(project, ['prune', '--keep', '0'])

    expect(exitCode).toBe(70)
    expect(stderr).toContain('error E_INTERNAL: TypeError: no name')
    expect(stderr).toContain('    llmobs-exp prune --keep …\n')
    expect(project.stored()).toHaveLength(1)
  })
})

/** Comes up in the middle of a run, when the test says so. */
function breakingLater(code: string): { readonly [path: string]: string } {
  return breaking(`const { existsSync } = await import('node:fs')
    const timer = setInterval(() => { if (existsSync('go')) { clearInterval(timer); ${code} } }, 20)
    timer.unref()`)
}

const hanging = `${numbered(3)} task: async (input) => { if (input === 2) await new Promise((go) => setTimeout(go, 60_000)); return input }, evaluators: {},`

describe('an error that nobody caught', () => {
  test.each([
    ['thrown in a callback', "throw new Error('in a callback')", 'in a callback'],
    ['of a promise nobody waits for', "void Promise.reject(new Error('forgotten'))", 'forgotten'],
    ['that is none', "throw 'a text'", 'threw "a text"'],
    ['that comes twice', "setTimeout(() => { throw new Error('second') }, 0); throw new Error('first')", 'first'],
  ])('%s ends the run with 70, never with a verdict, and keeps what was written', async (_what, code, says) => {
    const project = await cliProject({ 'exp.ts': experiment(hanging), ...breakingLater(code) })
    const cli = project.start(run, { env: { NODE_OPTIONS: `--import ${project.folder}/break.mjs` } })
    await cli.until(() => project.logFile() !== undefined && project.only().rows.length === 2)
    project.write('go', '')
    const { exitCode, stderr } = await cli.ended

    expect(exitCode).toBe(70)
    expect(stderr).toMatch(new RegExp(`error E_INTERNAL: .*${says}`))
    expect(stderr).toContain('What was written before is kept: llmobs-exp list')
    expect(stderr.match(/This is a defect/g)).toHaveLength(1)
    expect(project.only().rows.filter(({ status }) => status === 'ok')).toHaveLength(2)
  })

  test('leaves a terminal with its cursor', async () => {
    const project = await cliProject({
      'exp.ts': experiment(hanging),
      ...breakingLater("throw new Error('in a callback')"),
    })
    const cli = project.pty(`NODE_OPTIONS="--import ${project.folder}/break.mjs" llmobs-exp run exp.ts`)
    await cli.prints(/2\/3/, 'stdout')
    project.write('go', '')
    const { exitCode, stdout } = await cli.ended

    expect(exitCode).toBe(70)
    expect(stdout.lastIndexOf('\u001b[?25h')).toBeGreaterThan(stdout.lastIndexOf('\u001b[?25l'))
  })
})

test.each([
  [['run', 'a.ts', 'b.ts'], 'llmobs-exp run … …'],
  [
    ['run', '--config', 'key=secret', '-j10', '--tag=a:b', '-n', '3', '--quiet'],
    'llmobs-exp run --config … -j… --tag=… -n … --quiet',
  ],
  [['show', 'latest:secret'], 'llmobs-exp show …'],
  [['--secret'], 'llmobs-exp --secret'],
  [['my secret'], 'llmobs-exp …'],
  [['run', '--key=a\nb'], 'llmobs-exp run --key=…'],
  [[], 'llmobs-exp'],
])('of the command %j its words are told: %s', (args, told) => {
  expect(describeCommand(args)).toBe(told)
})

test('a folder is shortened as a whole only', () => {
  const place = { version: '1.2.3', currentFolder: '/srv/app', secrets: createSecrets({}), hasBegun: false }
  const error = new LlmobsExpError('E_INTERNAL', 'between /srv/app/x, /srv/app2/x and file:///srv/app/y')
  error.stack = ''
  expect(renderDefect(error, place)).toContain('between ./x, /srv/app2/x and ./y\n')
})
