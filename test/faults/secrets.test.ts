import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { CliProject } from '../helpers/cli.ts'
import { cliProject } from '../helpers/cli.ts'
import { answer } from '../helpers/fake-datadog/faults.ts'
import { experiment, numbered } from '../helpers/modules.ts'
import { standardProject } from '../helpers/pushed.ts'

// I7: what is secret is nowhere but where it belongs.

/** Secret by the names of their variables; one is odd enough to be written in several ways. */
const variables = {
  OPENAI_API_KEY: 'canary-of-a-model-key',
  DB_PASSWORD: 'canary "of\\a/database+login=',
  SERVICE_TOKEN: 'canary-of-a-service-token',
}
const inEnvFile = 'canary-of-an-env-file'
/** Secret by what they look like. */
const literals = ['sk-canary-0123456789', 'canary-of-a-url-login', 'canary-of-a-header', 'canary-of-a-query']
const traces = [
  ...Object.values(variables),
  ...literals,
  inEnvFile,
  encodeURIComponent(variables.DB_PASSWORD),
  JSON.stringify(variables.DB_PASSWORD).slice(1, -1),
]

/** Says all of them, in all ways in which user code says something that is not its output. */
const talkative = experiment(
  `${numbered(12)}
  description: 'for ' + process.env.SERVICE_TOKEN,
  tags: { owner: process.env.SERVICE_TOKEN },
  config: { model: 'small', apiKey: process.env.OPENAI_API_KEY, nested: { note: 'with ' + process.env.FILE_SECRET, token: 'canary-of-a-query' } },
  task: (input, { config }) => {
    if (config.apiKey !== process.env.OPENAI_API_KEY) throw new Error('the config that runs is not the one that is written')
    console.log('key', secrets)
    process.stderr.write(secrets + '\\n')
    if (input === 1) throw new Error(secrets, { cause: new Error(secrets, { cause: { secrets } }) })
    if (input === 2) throw { headers: { Authorization: 'Bearer canary-of-a-header' }, secrets }
    if (input === 3) throw secrets
    if (input === 4) throw Object.assign(new Error('see the stack'), { stack: 'Error: ' + secrets, name: process.env.SERVICE_TOKEN })
    if (input === 5) throw new Error('x'.repeat(8 * 1024 - 12) + process.env.OPENAI_API_KEY)
    return input
  },
  evaluators: { fails: ({ input }) => { if (input > 6) throw new TypeError(secrets); return true } },
  summaryEvaluators: { total: () => { throw new Error(secrets) } },`,
  `const secrets = [
    process.env.OPENAI_API_KEY, process.env.DB_PASSWORD, process.env.SERVICE_TOKEN, process.env.FILE_SECRET,
    JSON.stringify(process.env.DB_PASSWORD), encodeURIComponent(process.env.DB_PASSWORD), 'sk-canary-0123456789',
    'https://me:canary-of-a-url-login@host/path?api_key=canary-of-a-query', 'Authorization: Bearer canary-of-a-header',
  ].join(' ')`,
)

const env = variables
const files = { 'exp.ts': talkative, '.env': `FILE_SECRET=${inEnvFile}\n` }

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => statSync(path).isFile())
}

/** Everything that is kept, but the module and the .env it came from, and what was compiled of it. */
function kept({ folder }: CliProject): string {
  const own = ['exp.ts', '.env', 'node_modules'].map((name) => join(folder, name))
  return filesUnder(folder)
    .filter((path) => !own.some((one) => path.startsWith(one)) && !path.includes('compiled'))
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n')
}

function found(text: string): string[] {
  return traces.filter((trace) => text.includes(trace))
}

test('I7: no secret reaches the store, a report, the terminal or a backend', async () => {
  const project = await standardProject(files)
  const result = await project.pushRun(
    [
      'run',
      'exp.ts',
      '--debug',
      '--max-identical-errors',
      '0',
      '--reporter',
      'plain',
      '--reporter',
      'json=out.json',
      '--reporter',
      'ndjson=out.ndjson',
    ],
    env,
  )
  expect(result.exitCode).toBe(1)
  const { manifest, rows, events } = project.only()
  expect(rows.map(({ status }) => status).filter((status) => status === 'error')).toHaveLength(5)
  expect(rows.find(({ key }) => key === 'r1')?.error?.message).toContain('*** ***')
  expect(JSON.parse(manifest.definition.config)).toEqual({
    model: 'small',
    apiKey: '***',
    nested: { note: 'with ***', token: '***' },
  })
  expect(events.some(({ type }) => type === 'run-finished')).toBe(true)
  expect(result.stderr).toContain('key ***')

  const sent = project.fake.requests.map(({ text, path, query }) => `${path}?${query} ${text}`).join('\n')
  const wire = [...traces, project.fake.keys.apiKey, project.fake.keys.applicationKey]
  expect(found(result.stdout)).toEqual([])
  expect(found(result.stderr)).toEqual([])
  expect(found(kept(project))).toEqual([])
  expect(wire.filter((secret) => sent.includes(secret))).toEqual([])
})

test.each([
  [['check', 'exp.ts']],
  [['check', 'exp.ts', '--json']],
  [['doctor', 'exp.ts']],
  [['doctor', 'exp.ts', '--json']],
  [['show', 'latest', '--rows', 'all']],
  [['show', 'latest', '--reporter', 'ndjson']],
  [['list']],
  [['resume', 'latest', '--retry-errors', '--max-identical-errors', '0', '--debug']],
  [['prune', '--keep', '1']],
  [['run', 'exp.ts', '--config', 'model=sk-canary-0123456789', '--only', 'sk-canary-0123456789']],
])('I7: %j tells no secret', async (args) => {
  const project = await cliProject(files)
  expect((await project.run(['run', 'exp.ts', '--max-identical-errors', '0'], { env })).exitCode).toBe(1)
  const { stdout, stderr } = await project.run(args, { env })
  expect(found(stdout + stderr)).toEqual([])
  expect(stdout + stderr).not.toBe('')
})

test('I7: an error before any task tells no secret, nor does its place in the source', async () => {
  const project = await cliProject({
    'exp.ts': `const key = 'sk-canary-0123456789'; throw new Error(\`\${process.env.DB_PASSWORD} \${process.env.FILE_SECRET} \${key}\`)\n`,
    '.env': `FILE_SECRET=${inEnvFile}\n`,
  })
  for (const args of [
    ['run', 'exp.ts'],
    ['check', 'exp.ts', '--json'],
  ]) {
    const { exitCode, stdout, stderr } = await project.run(args, { env })
    expect(exitCode).toBe(2)
    expect(stdout + stderr).toContain('E_MODULE_LOAD')
    expect(found(stdout + stderr)).toEqual([])
  }
})

test('I7: what ends a run early tells no secret', async () => {
  const project = await cliProject({
    ...files,
    'exp.ts': experiment(
      `${numbered(12)} task: () => { setTimeout(() => { throw new Error(process.env.DB_PASSWORD + ' sk-canary-0123456789') }); return new Promise(() => {}) }, evaluators: {},`,
    ),
  })
  const { exitCode, stdout, stderr, lastLine } = await project.run(['run', 'exp.ts', '--reporter', 'json'], { env })
  expect(exitCode).toBe(4)
  expect(lastLine).toContain('an error that user code did not catch: *** ***')
  expect(found(stdout + stderr + kept(project))).toEqual([])
})

test('I7: a backend that repeats the keys that it was sent does not have them printed or kept', async () => {
  const project = await standardProject()
  const { apiKey, applicationKey } = project.fake.keys
  project.fake.script({
    on: 'post-events',
    fault: answer(400, { body: { errors: [{ detail: `no ${apiKey} ${applicationKey} ${variables.SERVICE_TOKEN}` }] } }),
  })
  const { exitCode, stdout, stderr } = await project.pushRun(['run', 'exp.ts', '--reporter', 'json=out.json'], env)
  const all = stdout + stderr + kept(project)
  expect(exitCode).toBe(3)
  expect([apiKey, applicationKey, variables.SERVICE_TOKEN].filter((key) => all.includes(key))).toEqual([])
})

test.each([
  [['dataset', 'list']],
  [['dataset', 'push', 'data.jsonl', '--name', 'x']],
  [['dataset', 'pull', 'x']],
  [['list', '--remote']],
  [['pull', 'x']],
  [['push', 'latest']],
  [['doctor']],
])('I7: %j prints no key that a backend repeats', async (args) => {
  const project = await standardProject({
    'exp.ts': experiment(`${numbered(1)} task: () => 1, evaluators: {},`),
    'data.jsonl': '{"input":1}\n',
  })
  await project.run(['run', 'exp.ts'])
  const { apiKey, applicationKey } = project.fake.keys
  const body = { errors: [{ title: apiKey, detail: `no ${applicationKey} ${variables.SERVICE_TOKEN} ${literals[0]}` }] }
  project.fake.script({ fault: answer(422, { body }) })
  const { stdout, stderr } = await project.pushRun(args, env)
  expect(stdout + stderr).not.toBe('')
  expect([apiKey, applicationKey].filter((key) => (stdout + stderr + kept(project)).includes(key))).toEqual([])
  expect(found(stdout + stderr)).toEqual([])
})

test('I7: resume has the secrets of a config from where the run had them, though they were not kept', async () => {
  const project = await cliProject({
    'exp.ts': experiment(
      `${numbered(30)} config: { apiKey: process.env.OPENAI_API_KEY, token: '' },
      task: (input, { config }) => {
        if (config.apiKey !== process.env.OPENAI_API_KEY || config.token !== process.env.SERVICE_TOKEN) throw new Error('another config')
        if (input === 20 && process.env.GOES_ON !== 'true') process.exit(1)
        return input
      },
      evaluators: {},`,
    ),
  })
  const token = `token=${variables.SERVICE_TOKEN}`
  expect((await project.run(['run', 'exp.ts', '--config', token, '--jobs', '1'], { env })).exitCode).toBe(4)
  const later = { env: { ...env, OPENAI_API_KEY: 'canary-of-a-newer-key', GOES_ON: 'true' } }

  const refused = await project.run(['resume', 'latest'], later)
  expect(refused.exitCode).toBe(2)
  expect(refused.stderr).toContain('--config token: expected its value once more, got none: it looks like a secret')
  const resumed = await project.run(['resume', 'latest', '--config', token], later)
  expect(resumed.exitCode).toBe(0)
  expect(project.only().manifest.state.rows).toMatchObject({ ok: 30, error: 0 })
  const all = [refused, resumed].map(({ stdout, stderr }) => stdout + stderr).join('') + kept(project)
  expect(found(all)).toEqual([])
  expect(all).not.toContain('canary-of-a-newer-key')
})
