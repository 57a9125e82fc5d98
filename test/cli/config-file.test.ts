import { expect, test } from 'vitest'
import { cliProject } from '../helpers/cli.ts'
import { experiment, numbered, passing } from '../helpers/modules.ts'

const exp = experiment(`${numbered(3)} ${passing}`)
const config = (members: string, before = ''): string => `import { defineConfig } from 'llmobs-exp'
${before}
export default defineConfig({ ${members} })
`

test('llmobs-exp.config.ts sets options of every run, also from a folder below', async () => {
  const project = await cliProject({
    'evals/exp.ts': exp,
    'settings.ts': 'export enum Settings { Jobs = 3 }\n',
    'llmobs-exp.config.ts': config(
      "jobs: Settings.Jobs, runs: 2, timeout: '30s', tag: { team: 'support' }",
      "import { Settings } from './settings.js'",
    ),
  })
  const { exitCode, stderr } = await project.shell('cd evals && llmobs-exp run exp.ts')

  expect([exitCode, stderr]).toEqual([0, expect.stringContaining('passed: exp')])
  expect(project.only().manifest).toMatchObject({
    options: { jobs: 3, runs: 2, timeout: 30_000 },
    definition: { tags: { team: 'support' } },
  })
})

test('the flag wins over the environment, that over the definition, and that over the config file', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`${numbered(1)} ${passing} jobs: 2, timeout: 2, evalTimeout: 2000,`),
    'llmobs-exp.config.ts': config('jobs: 1, timeout: 1, evalTimeout: 1000, maxRetries: 1'),
  })
  const env = { LLMOBS_EXP_JOBS: '3', LLMOBS_EXP_TIMEOUT: '3s' }
  await project.run(['run', 'exp.ts', '--jobs', '4'], { env })

  expect(project.only().manifest.options).toMatchObject({ jobs: 4, timeout: 3000, evalTimeout: 2000, maxRetries: 1 })
})

test.each([
  ['ts', config('jobs: 7')],
  ['mts', config('jobs: 7')],
  ['cts', 'const jobs: number = 7\nmodule.exports = { jobs }\n'],
  ['js', config('jobs: 7')],
  ['mjs', 'export default { jobs: 7 }\n'],
  ['cjs', 'exports.__esModule = true\nexports.default = { jobs: 7 }\n'],
  ['json', '{ "jobs": 7 }\n'],
])('llmobs-exp.config.%s is found and loaded', async (end, text) => {
  const project = await cliProject({ 'exp.ts': exp, [`llmobs-exp.config.${end}`]: text })
  const { stderr } = await project.run(['run', 'exp.ts'])

  expect(stderr).toContain('7 jobs')
})

test('relative paths in the config file start from its folder', async () => {
  const project = await cliProject({
    'evals/exp.ts': exp,
    'llmobs-exp.config.ts': config("store: 'results', reporter: ['plain', 'json=reports/latest.json']"),
  })
  const { exitCode, stderr } = await project.shell('cd evals && llmobs-exp run exp.ts')

  expect([exitCode, stderr]).toEqual([0, expect.stringContaining('passed: exp')])
  expect(project.stored('results')).toHaveLength(1)
  expect(JSON.parse(project.read('reports/latest.json'))).toMatchObject({ exitCode: 0 })
})

test('only is taken from the config file too', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`${numbered(1)} ${passing} variants: { small: {}, large: {} },`),
    'llmobs-exp.config.ts': config("only: 'large'"),
  })
  await project.run(['run', 'exp.ts'])

  expect(project.only().manifest.definition.name).toBe('exp/large')
})

const wrong: { [what: string]: { text: string; says: string[] } } = {
  'an unknown key': {
    text: config('// @ts-ignore\njbos: 3'),
    says: ['error E_CONFIG_FILE: llmobs-exp.config.ts: there is no option "jbos"', 'hint: did you mean jobs?'],
  },
  'a wrong value': {
    text: config("jobs: 'many'"),
    says: ['E_CONFIG_FILE: llmobs-exp.config.ts: jobs: expected a whole number from 1 to 10000, got "many"'],
  },
  'no default export': {
    text: 'export const jobs = 3\n',
    says: ['E_CONFIG_FILE', 'expected an object of options as the default export, got undefined'],
  },
  'a syntax error': {
    text: 'export default {\n  jobs: 3,,\n}\n',
    says: ['E_MODULE_LOAD', 'llmobs-exp.config.ts:2:', 'jobs: 3,,'],
  },
  'a module that throws': {
    text: `${config('jobs: 3')}throw new Error('no network')\n`,
    says: ['E_MODULE_LOAD', 'no network', 'llmobs-exp.config.ts:4:'],
  },
  'process.exit(0)': {
    text: 'process.exit(0)\n',
    says: ['E_MODULE_EXIT', 'llmobs-exp.config.ts', 'user code ended its thread (exit code 0)'],
  },
  'a promise that never settles': {
    text: 'await new Promise(() => {})\nexport default {}\n',
    says: ['E_MODULE_EXIT', 'llmobs-exp.config.ts'],
  },
  'a reporter that there is not': {
    text: config("reporter: 'jsn'"),
    says: ['E_OPTION: reporter in llmobs-exp.config.ts: expected one of', 'did you mean json?'],
  },
}

test.each(Object.entries(wrong))('%s in the config file exits 2, and nothing is run', async (_what, { text, says }) => {
  const project = await cliProject({ 'exp.ts': exp, 'llmobs-exp.config.ts': text })
  const { exitCode, stdout, stderr } = await project.run(['run', 'exp.ts'])

  for (const part of says) expect(stderr).toContain(part)
  expect([exitCode, stdout]).toEqual([2, ''])
  expect(project.stored()).toEqual([])
})

test('JSON that is none is refused with its place', async () => {
  const project = await cliProject({ 'exp.ts': exp, 'llmobs-exp.config.json': '{\n  "jobs": 3,\n  "runs": 2,,\n}\n' })
  const { exitCode, stderr } = await project.run(['run', 'exp.ts'])

  expect(exitCode).toBe(2)
  expect(stderr).toContain('llmobs-exp.config.json:3:')
})

test('two config files exit 2', async () => {
  const project = await cliProject({
    'exp.ts': exp,
    'llmobs-exp.config.ts': config(''),
    'llmobs-exp.config.json': '{}',
  })
  const { exitCode, stderr } = await project.run(['run', 'exp.ts'])

  expect(exitCode).toBe(2)
  expect(stderr).toContain('expected one config file, got llmobs-exp.config.ts and llmobs-exp.config.json')
})

test('what the config file prints goes to stderr, as what the modules print does', async () => {
  const project = await cliProject({
    'exp.ts': `console.log('module')\n${exp}`,
    'llmobs-exp.config.ts': config(
      'runs: 1',
      "console.log('config'); await new Promise((done) => setTimeout(done, 300))",
    ),
  })
  const { stdout, stderr } = await project.run(['run', 'exp.ts', '--reporter', 'ndjson'])

  expect(stdout).not.toContain('config\n')
  expect(
    stderr
      .split('\n')
      .filter((line) => line === 'config' || line === 'module')
      .sort(),
  ).toEqual(['config', 'module'])
})

test('a bad flag is refused before the config file is loaded', async () => {
  const project = await cliProject({ 'exp.ts': exp, 'llmobs-exp.config.ts': config('', "console.log('loaded')") })
  const { exitCode, stderr } = await project.run(['run', 'exp.ts', '--jobs', '0'])

  expect(exitCode).toBe(2)
  expect(stderr).not.toContain('loaded')
})

test('U10: Ctrl-C reaches a config file that blocks its thread', async () => {
  const project = await cliProject({
    'exp.ts': exp,
    'llmobs-exp.config.ts': config(
      '',
      "console.log('blocking'); await null; setTimeout(() => { for (;;); }); await new Promise(() => {})",
    ),
  })
  const running = project.start(['run', 'exp.ts'])
  await running.until(() => project.exists('node_modules/.cache/llmobs-exp'))
  running.signal('SIGINT')
  const { exitCode, stderr } = await running.ended

  expect(exitCode).toBe(2)
  expect(stderr).toContain('ended by SIGINT before any task was started')
})

test('check says what would run with the config file and .env', async () => {
  const project = await cliProject({
    'exp.ts': exp,
    'llmobs-exp.config.ts': config('runs: 2, jobs: 3'),
    '.env': 'LLMOBS_EXP_RUNS=4\nLLMOBS_EXP_JOB=2\n',
  })
  const { exitCode, stdout, stderr } = await project.run(['check', 'exp.ts'])

  expect(exitCode).toBe(0)
  expect(stdout).toContain('4 runs = 12 units, 3 jobs')
  expect(stderr).toContain('W_UNKNOWN_VARIABLE: LLMOBS_EXP_JOB (in .env)')
})

test('check refuses what run refuses of a config file', async () => {
  const project = await cliProject({ 'exp.ts': exp, 'llmobs-exp.config.mjs': 'export default { jbos: 1 }' })
  const { exitCode, stdout } = await project.run(['check', 'exp.ts', '--json'])

  expect(exitCode).toBe(2)
  expect(JSON.parse(stdout)).toMatchObject({
    valid: false,
    error: { code: 'E_CONFIG_FILE', hint: 'did you mean jobs?' },
  })
})
