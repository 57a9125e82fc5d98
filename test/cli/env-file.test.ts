import { expect, test } from 'vitest'
import { cliProject } from '../helpers/cli.ts'
import { experiment, numbered, passing } from '../helpers/modules.ts'

const SECRET = 'value-that-nobody-may-see'

/** Whose only row's output is what the task finds in its environment. */
const reader = experiment(
  `${numbered(1)} task: () => [process.env.API_KEY ?? null, top ?? null], evaluators: {},`,
  'const top = process.env.API_KEY',
)
const exp = experiment(`${numbered(2)} ${passing}`)

test('.env beside the nearest package.json reaches the module and the options', async () => {
  const project = await cliProject({
    'evals/exp.ts': reader,
    '.env': '# keys\nexport API_KEY="one\\ntwo" # a comment\nLLMOBS_EXP_JOBS=3\n',
  })
  const { exitCode, stderr } = await project.shell('cd evals && llmobs-exp run exp.ts')

  expect([exitCode, stderr]).toEqual([0, expect.stringContaining('3 jobs')])
  expect(project.only().rows[0]?.output).toEqual(['one\ntwo', 'one\ntwo'])
})

test('it reaches the config file and processes that user code starts', async () => {
  const project = await cliProject({
    'exp.ts': experiment(
      `${numbered(1)} task: () => execFileSync('/bin/sh', ['-c', 'echo $API_KEY'], { encoding: 'utf8' }), evaluators: {},`,
      "import { execFileSync } from 'node:child_process'",
    ),
    'llmobs-exp.config.mjs': 'export default { jobs: Number(process.env.MY_JOBS) }\n',
    '.env': 'API_KEY=abc\nMY_JOBS=6\n',
  })
  await project.run(['run', 'exp.ts'])

  expect(project.only().rows[0]?.output).toBe('abc\n')
  expect(project.only().manifest.options.jobs).toBe(6)
})

test('the real environment wins, also where it is empty', async () => {
  const project = await cliProject({ 'exp.ts': reader, '.env': 'API_KEY=file\nLLMOBS_EXP_JOBS=3\n' })
  const { stderr } = await project.run(['run', 'exp.ts'], { env: { API_KEY: '', LLMOBS_EXP_JOBS: '4' } })

  expect(stderr).toContain('4 jobs')
  expect(project.only().rows[0]?.output).toEqual(['', ''])
})

test.each([
  ['--dotenv names another file, from the current folder', ['--dotenv', 'conf/keys.env'], {}, 'other'],
  ['LLMOBS_EXP_DOTENV does so too', [], { LLMOBS_EXP_DOTENV: 'conf/keys.env' }, 'other'],
  ['--dotenv none reads no file', ['--dotenv', 'none'], {}, null],
])('%s', async (_what, args, env, value) => {
  const project = await cliProject({ 'exp.ts': reader, '.env': 'API_KEY=own\n', 'conf/keys.env': 'API_KEY=other\n' })
  const { exitCode } = await project.run(['run', 'exp.ts', ...args], { env })

  expect(exitCode).toBe(0)
  expect(project.only().rows[0]?.output).toEqual([value, value])
})

test.each([
  [
    ['--dotenv', 'missing.env'],
    {},
    '--dotenv missing.env: expected a file that can be read, got: there is no such file',
  ],
  [['--dotenv', 'node_modules'], {}, '--dotenv node_modules: expected a file that can be read, got: it is a folder'],
  [[], { LLMOBS_EXP_DOTENV: 'x' }, 'LLMOBS_EXP_DOTENV x: expected a file that can be read'],
  [['--dotenv', ''], {}, '--dotenv: expected a file, or none, got ""'],
])('%o %o exits 2', async (args, env, says) => {
  const project = await cliProject({ 'exp.ts': exp })
  const { exitCode, stderr } = await project.run(['run', 'exp.ts', ...args], { env })

  expect(exitCode).toBe(2)
  expect(stderr).toContain(says)
  expect(project.stored()).toEqual([])
})

test('--env-file is understood too, as far as Node lets it through', async () => {
  const project = await cliProject({ 'exp.ts': reader, '.env': 'API_KEY=own\n', 'keys.env': 'API_KEY=other\n' })
  const { exitCode, stderr } = await project.run(['run', 'exp.ts', '--env-file', 'keys.env'])

  expect([exitCode, stderr]).toEqual([0, expect.stringContaining('passed: exp')])
  expect(project.only().rows[0]?.output).toEqual(['other', 'other'])
})

test('a folder named .env, as virtual environments are, is no env file', async () => {
  const project = await cliProject({ 'exp.ts': exp, '.env/pyvenv.cfg': 'x' })
  const { exitCode } = await project.run(['run', 'exp.ts'])

  expect(exitCode).toBe(0)
})

test('a bad value in .env exits 2 and names variable and file', async () => {
  const project = await cliProject({ 'exp.ts': exp, '.env': 'LLMOBS_EXP_JOBS=many\n' })
  const { exitCode, stderr } = await project.run(['run', 'exp.ts'])

  expect(exitCode).toBe(2)
  expect(stderr).toContain('LLMOBS_EXP_JOBS in .env: expected a whole number from 1 to 10000, got "many"')
})

test('lines that are no assignment are told by number, and nothing of the file is printed or stored', async () => {
  const text = `${SECRET}\nAPI_KEY=${SECRET}\nLLMOBS_EXP_JOB=${SECRET}\n`
  const project = await cliProject({ 'exp.ts': exp, '.env': text })
  const { exitCode, stdout, stderr } = await project.run(['run', 'exp.ts', '--debug', '--reporter', 'json'])

  expect(exitCode).toBe(0)
  expect(stderr).toContain('warning W_ENV_LINE: .env:1: expected NAME=value; the line is left out')
  const { stdout: stored } = await project.shell('cat .llmobs-exp/experiments/*/*')
  expect(stored).toContain('"tool"')
  expect(stdout + stderr + stored).not.toContain(SECRET)
})

test('a misspelt variable is a warning with the name that was meant, wherever it was set', async () => {
  const project = await cliProject({ 'exp.ts': exp, '.env': 'LLMOBS_EXP_RNUS=2\n' })
  const { exitCode, stderr } = await project.run(['run', 'exp.ts'], { env: { LLMOBS_EXP_JOB: '2' } })

  expect(exitCode).toBe(0)
  expect(stderr).toContain(
    'warning W_UNKNOWN_VARIABLE: LLMOBS_EXP_JOB stands for no option; did you mean LLMOBS_EXP_JOBS?',
  )
  expect(stderr).toContain(
    'warning W_UNKNOWN_VARIABLE: LLMOBS_EXP_RNUS (in .env) stands for no option; did you mean LLMOBS_EXP_RUNS?',
  )
})

test('NODE_OPTIONS in .env is for processes that user code starts, not for its threads', async () => {
  const project = await cliProject({ 'exp.ts': exp, '.env': 'NODE_OPTIONS=--no-such-option\n' })
  const { exitCode } = await project.run(['run', 'exp.ts'])

  expect(exitCode).toBe(0)
})
