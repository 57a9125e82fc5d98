import { join } from 'node:path'
import process from 'node:process'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { type CliProject, type CliResult, cliProject } from '../helpers/cli.ts'
import { drivesTerminal } from '../helpers/hostile.ts'
import { experiment, numbered, passing } from '../helpers/modules.ts'

const SECRET = 'value-that-nobody-may-see'
const exp = experiment(`${numbered(2)} ${passing}`)

interface Report {
  readonly formatVersion: number
  readonly healthy: boolean
  readonly checks: readonly {
    readonly name: string
    readonly status: string
    readonly facts: readonly { readonly name: string; readonly value: unknown; readonly from?: string }[]
    readonly problems: readonly {
      readonly severity: string
      readonly code?: string
      readonly message: string
      readonly hint?: string
    }[]
  }[]
}

type Examined = CliResult & { readonly report: Report }

async function examine(project: CliProject, args: readonly string[] = [], env = {}): Promise<Examined> {
  const result = await project.run(['doctor', ...args, '--json'], { env })
  return { ...result, report: JSON.parse(result.stdout) }
}

function check({ report }: Examined, name: string) {
  const found = report.checks.find((one) => one.name === name)
  if (found === undefined) throw new Error(`no check ${name}`)
  return { ...found, values: Object.fromEntries(found.facts.map((fact) => [fact.name, fact.value])) }
}

/** Where the value of an option comes from, and the value. */
function origins(examined: Examined, name = 'options') {
  return Object.fromEntries(check(examined, name).facts.map(({ name: fact, value, from }) => [fact, [value, from]]))
}

describe('doctor', () => {
  test('finds a fresh project healthy, says so last, and writes nothing', async () => {
    const project = await cliProject()
    const { exitCode, stdout, stderr } = await project.run(['doctor'])

    expect([exitCode, stderr]).toEqual([0, 'healthy\n'])
    expect(stdout).toContain(`node: ok\n  version    ${process.versions.node}\n  supported  yes (>=20.19)\n`)
    expect(stdout).toMatch(/^llmobs-exp: ok\n {2}version +\d+\.\d+\.\d+$/m)
    expect(stdout).toMatch(/^ {2}esbuild +\d+\.\d+\.\d+$/m)
    expect(stdout).toMatch(/^ {2}--jobs +10 {2}\(default\)$/m)
    expect(project.exists('.llmobs-exp')).toBe(false)
  })

  test('says of the store where it is and what is in it', async () => {
    const project = await cliProject({ 'exp.ts': exp })
    await project.run(['run', 'exp.ts'])
    const store = check(await examine(project), 'store')

    expect(store.status).toBe('ok')
    expect(store.values).toMatchObject({
      folder: expect.stringMatching(/\.llmobs-exp$/),
      writable: true,
      experiments: 1,
      format: 'manifest 1, events 1',
    })
    expect(store.values.size).toBeGreaterThan(1000)
  })

  test('says of the environment what has a say in the output, and of proxies only whether they are set', async () => {
    const env = { CI: 'true', HTTPS_PROXY: `http://me:${SECRET}@proxy`, no_proxy: 'localhost', FORCE_COLOR: '2' }
    const examined = await examine(await cliProject(), [], env)

    expect(check(examined, 'environment').values).toMatchObject({
      CI: true,
      'stdout is a terminal': false,
      'stdout columns': 0,
      'stdout colours': 2,
      HTTP_PROXY: false,
      HTTPS_PROXY: true,
      NO_PROXY: true,
    })
    expect(examined.stdout).not.toContain(SECRET)
  })

  test('says of every option what a run would use, and where that comes from', async () => {
    const project = await cliProject({
      'below/x': '',
      '.env': 'LLMOBS_EXP_RUNS=2\nLLMOBS_EXP_EVAL_JOBS=9\n',
      'llmobs-exp.config.ts': "export default { runs: 3, maxRetries: 1, tag: { team: 'support' }, store: 'results' }\n",
    })
    const examined = await examine(project, ['--jobs', '4'], { LLMOBS_EXP_TIMEOUT: '30s', LLMOBS_EXP_EVAL_JOBS: '5' })

    expect(origins(examined)).toMatchObject({
      '--jobs': ['4', '--jobs'],
      '--timeout': ['30s', 'LLMOBS_EXP_TIMEOUT'],
      '--eval-jobs': ['5', 'LLMOBS_EXP_EVAL_JOBS'],
      '--runs': ['2', 'LLMOBS_EXP_RUNS in .env'],
      '--max-retries': ['1', 'maxRetries in llmobs-exp.config.ts'],
      '--tag': ['team:support', 'tag in llmobs-exp.config.ts'],
      '--eval-timeout': ['5m', 'default'],
      '--only': [null, 'default'],
    })
    expect(check(examined, 'store').values.folder).toBe(join(project.folder, 'results'))
    expect(check(examined, 'files').values).toMatchObject({
      'env file': '.env',
      'variables taken from it': 1,
      'config file': join(project.folder, 'llmobs-exp.config.ts'),
    })
  })

  test('says of a module what each of its experiments would use', async () => {
    const project = await cliProject({
      'exp.ts': experiment(`${numbered(2)} ${passing} jobs: 7, runs: 5, config: { model: 'small', apiKey: '${SECRET}' },
        tags: { team: 'own' }, variants: { a: {}, b: { config: { model: 'large' } } },`),
      'llmobs-exp.config.ts': 'export default { jobs: 2, maxRetries: 1 }\n',
    })
    const examined = await examine(project, ['exp.ts', '--runs', '6'])

    expect([examined.exitCode, examined.stderr]).toEqual([0, 'healthy\n'])
    expect(origins(examined, 'exp/b')).toMatchObject({
      '--jobs': ['7', 'definition'],
      '--runs': ['6', '--runs'],
      '--max-retries': ['1', 'maxRetries in llmobs-exp.config.ts'],
      '--timeout': ['10m', 'default'],
      config: ['{"model":"large","apiKey":"***"}', undefined],
      tags: ['team:own', undefined],
      dataset: ['2 inline records', undefined],
    })
    expect(examined.report.checks.map(({ name }) => name)).toContain('exp/a')
    expect(examined.stdout).not.toContain(SECRET)
  })
})

const wrong: {
  [what: string]: { files?: { [path: string]: string }; args?: string[]; env?: object; check: string; says: RegExp }
} = {
  'an option': { args: ['--jobs', 'many'], check: 'options', says: /--jobs: expected .* got "many"/ },
  'an environment variable': {
    env: { LLMOBS_EXP_RUNS: '0' },
    check: 'options',
    says: /LLMOBS_EXP_RUNS: expected a whole number/,
  },
  'a reporter': { args: ['--reporter', 'jsn'], check: 'options', says: /--reporter: expected one of/ },
  'a key of the config file': {
    files: { 'llmobs-exp.config.mjs': 'export default { jbos: 1 }' },
    check: 'files',
    says: /there is no option "jbos"/,
  },
  'two config files': {
    files: { 'llmobs-exp.config.mjs': '', 'llmobs-exp.config.json': '{}' },
    check: 'files',
    says: /expected one config file/,
  },
  'an env file': { args: ['--dotenv', 'missing'], check: 'files', says: /--dotenv missing: expected a file/ },
  'a store that is no folder': {
    files: { store: 'x' },
    args: ['--store', 'store'],
    check: 'store',
    says: /cannot write to \S+: \S+ is no folder/,
  },
  'a store that may not be written': {
    args: ['--store', '/proc/store'],
    check: 'store',
    says: /cannot write to \/proc\/store: \/proc is not writable/,
  },
  'a module': {
    files: { 'exp.ts': 'throw new Error("no network")' },
    args: ['exp.ts'],
    check: 'exp.ts',
    says: /no network/,
  },
  'a module that is not there': { args: ['exp.ts'], check: 'exp.ts', says: /there is no such file/ },
  'a key of --config': {
    files: { 'exp.ts': experiment(`${numbered(1)} ${passing} config: { model: 'a' },`) },
    args: ['exp.ts', '--config', 'modle=b'],
    check: 'exp',
    says: /got "modle"/,
  },
}

describe('doctor exits 2 and says what to fix', () => {
  test.each(Object.entries(wrong))(
    'of %s, and looks at everything else',
    async (_what, { files, args, env, ...expected }) => {
      const examined = await examine(await cliProject(files), args, env)
      const found = check(examined, expected.check)

      expect([examined.exitCode, examined.report.healthy]).toEqual([2, false])
      expect(found.status).toBe('failed')
      expect(found.problems.map(({ message }) => message).join('\n')).toMatch(expected.says)
      expect(examined.stderr.trimEnd().split('\n').at(-1)).toBe(`not healthy: 1 problem: ${expected.check}`)
      expect(check(examined, 'node').status).toBe('ok')
      expect(check(examined, 'options').facts.length).toBeGreaterThan(10)
    },
  )

  test('in words for people, with a hint', async () => {
    const project = await cliProject({ 'llmobs-exp.config.mjs': 'export default { jbos: 1 }' })
    const { exitCode, stdout } = await project.run(['doctor'])

    expect(exitCode).toBe(2)
    expect(stdout).toMatch(/^files: failed$/m)
    expect(stdout).toMatch(/^ {2}error E_CONFIG_FILE: .*there is no option "jbos".*\n {4}hint: did you mean jobs\?$/m)
  })
})

describe('what is no more than worth a word', () => {
  test('is a warning and leaves the exit code 0', async () => {
    const project = await cliProject({ '.env': `${SECRET}\n`, 'exp.ts': exp })
    await project.run(['run', 'exp.ts'])
    project.write(`.llmobs-exp/experiments/${project.only().id}/manifest.json`, '{')
    const examined = await examine(project, [], { LLMOBS_EXP_JOB: SECRET })

    expect(examined.exitCode).toBe(0)
    expect(check(examined, 'files')).toMatchObject({
      status: 'warning',
      problems: [
        { severity: 'warning', code: 'W_ENV_LINE' },
        { severity: 'warning', code: 'W_UNKNOWN_VARIABLE', message: expect.stringContaining('LLMOBS_EXP_JOBS') },
      ],
    })
    expect(check(examined, 'store').problems[0]?.message).toMatch(/cannot be read/)
    expect(examined.stdout + examined.stderr).not.toContain(SECRET)
  })
})

test('a secret in the environment is printed nowhere, wherever it comes up', async () => {
  const project = await cliProject({
    'exp.ts': `throw new Error('no access with ' + process.env.API_KEY)`,
    'llmobs-exp.config.ts': 'export default { tag: { via: process.env.API_KEY } }',
    '.env': `API_KEY=${SECRET}\n`,
  })
  const text = await project.run(['doctor', 'exp.ts', '--config', `token=${SECRET}`])
  const json = await examine(project, ['exp.ts', '--filter', `x=${SECRET}`])

  expect(text.stdout + text.stderr + json.stdout + json.stderr).not.toContain(SECRET)
  expect(text.stdout).toContain('no access with ***')
})

test('nothing that comes from a module drives the terminal', async () => {
  const project = await cliProject({
    'exp.ts': experiment(
      `${numbered(1)} ${passing} config: { text: '\\u001b[2J\\u202e' }, tags: { a: '\\u001b]0;x\\u0007' },`,
    ),
  })
  const { stdout } = await project.run(['doctor', 'exp.ts'])

  expect(stdout).not.toMatch(drivesTerminal)
})

test('on a narrow terminal facts are wrapped to its width below their names, and what to fix is not', async () => {
  const project = await cliProject()
  const running = project.pty('llmobs-exp doctor --jobs many', { columns: 30 })
  const { stdout } = await running.ended
  const lines = stripVTControlCharacters(stdout).split(/\r?\n/)

  expect(stdout).toContain('\u001b[31m')
  expect(lines.filter((line) => line.length > 30 && !/error|hint|healthy/.test(line))).toEqual([])
  expect(stdout).toContain('got "many"')
  expect(lines[lines.indexOf('  folder') + 1]).toMatch(/^ {4}\S/)
})
