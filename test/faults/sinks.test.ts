import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type CliProject, cliProject } from '../helpers/cli.ts'
import type { FakeDatadog } from '../helpers/fake-datadog/fake-datadog.ts'
import { answer } from '../helpers/fake-datadog/faults.ts'
import { foreign, hostileTexts } from '../helpers/hostile.ts'
import { experiment, numbered, passing } from '../helpers/modules.ts'
import { startFake } from '../helpers/pushed.ts'

// Wherever data can come from, and whatever command speaks of it: what reaches the terminal is text.

const all = hostileTexts.join(' ')
const text = JSON.stringify(all)
const wellFormed = (value: string): string => value.replaceAll(/\p{Cs}/gu, '\ufffd')
/** As an argument of a command may be. */
const argument = wellFormed(all)
/** As a name of a file may be that is no pattern. */
const fileName = argument.replaceAll(/[/?*[\]{}()!]/g, '_')

/** How many of the commands that speak of it are tried: in the long tier all. */
const TRIED = process.env.FAULTS === 'all' ? Number.POSITIVE_INFINITY : 2

/** What is to be seen, so that a test does not pass because nothing was said. */
type Says = RegExp

interface Sink {
  readonly files?: { readonly [path: string]: string }
  /** Run before, without a look at what they print. */
  readonly before?: readonly (readonly string[])[]
  readonly prepare?: (project: CliProject, fake: FakeDatadog) => void
  readonly commands: readonly (readonly string[])[]
  readonly env?: { readonly [name: string]: string }
  readonly usesBackend?: true
  readonly says: Says
}

const good = experiment(`${numbered(3)} ${passing}`)
const withFile = (content: string) => ({
  'exp.ts': experiment(
    "dataset: jsonl('./data.jsonl'), task: (input) => input, evaluators: {},",
    "import { jsonl } from 'llmobs-exp'",
  ),
  'data.jsonl': content,
})
const hostileRecords = experiment(
  `dataset: hostile.map((text, index) => ({ id: 'r' + text.toWellFormed() + index, input: text, metadata: { ['k' + text.toWellFormed()]: text }, tags: ['a:' + text.toWellFormed()] })),
  task: (input) => { if (process.env.EXITS) process.exit(1); return input },
  evaluators: { why: ({ output }) => ({ value: false, reasoning: output }), kind: ({ output }) => output },`,
  `const hostile = ${JSON.stringify(hostileTexts)}`,
)
const firstKey = `r${wellFormed(hostileTexts[0] ?? '')}0`
/** All that load a module; what one of them tells of it the others tell in the same words. */
const checks = [
  ['run', 'exp.ts'],
  ['check', 'exp.ts'],
] as const
const allChecks = [...checks, ['check', 'exp.ts', '--json'], ['doctor', 'exp.ts']] as const

const manifestOf = (project: CliProject): string => join(project.only().folder, 'manifest.json')
const edit = (project: CliProject, change: (manifest: Record<string, unknown>) => unknown): void =>
  writeFileSync(
    manifestOf(project),
    JSON.stringify(change(JSON.parse(project.read(manifestOf(project).slice(project.folder.length))))),
  )

const sinks: { readonly [what: string]: Sink } = {
  'an error as a module loads': {
    files: { 'exp.ts': `throw Object.assign(new Error(${text}, { cause: ${text} }), { name: ${text} })\n` },
    commands: allChecks,
    says: /E_MODULE_LOAD/,
  },
  'a syntax error, and the source around it': {
    files: { 'exp.ts': `const a = "${all.replaceAll(/["\\\n\r\u2028\u2029]/g, '')}" "\nexport default {,}\n` },
    commands: checks,
    says: /E_MODULE_LOAD/,
  },
  'a module that is not there': {
    commands: [
      ['run', `${fileName}.ts`],
      ['check', `${fileName}.ts`],
    ],
    says: /E_FILE_NOT_FOUND/,
  },
  'a module whose name was misspelt': {
    files: { 'triage\u001b7\u202e.ts': good },
    commands: [
      ['run', 'triagee\u001b7\u202e.ts'],
      ['check', 'triage\u001b7\u202e.tss'],
    ],
    says: /did you mean/,
  },
  'a module by the name of which it is told of': {
    files: { [`${fileName}.ts`]: good },
    commands: [
      ['run', `${fileName}.ts`],
      ['list'],
      ['show', 'latest'],
      ['check', `${fileName}.ts`],
      ['check', `${fileName}.ts`, '--json'],
    ],
    says: /passed/,
  },
  'what a definition has and should not': {
    files: {
      'exp.ts': experiment(
        `${numbered(1)} ${passing} [${text}]: 1, thresholds: { [${text}]: 1 }, config: { a: 1 }, tags: { [${text}]: 'a' },`,
      ),
    },
    commands: checks,
    says: /E_DEFINITION/,
  },
  'a name of an experiment': {
    files: { 'exp.ts': experiment(`${numbered(1)} ${passing}`).replace("'exp'", text) },
    commands: checks,
    says: /without control characters/,
  },
  'names of exports and what they are': {
    files: { 'exp.ts': `const a = ${text}; export { a as ${JSON.stringify(argument)} }\n` },
    commands: checks,
    says: /E_NO_EXPERIMENT|E_MODULE_LOAD/,
  },
  'config, tags and a description': {
    files: {
      'exp.ts': experiment(
        `${numbered(1)} ${passing} config: { a: ${text} }, tags: { a: ${text} }, description: ${text},`,
      ),
    },
    commands: [
      ...allChecks,
      ['list'],
      ['show', 'latest'],
      ['run', 'exp.ts', '--config', `b${argument.replaceAll('=', '')}=1`],
    ],
    says: /passed/,
  },
  'a bad line of a file of records': {
    files: withFile(
      `{"id":"a","input":1}\n{"id":${JSON.stringify(all)},"inptu":"${all.replaceAll(/["\n\r\\]/g, '')}"}\n`,
    ),
    commands: [...checks, ['run', 'exp.ts', '--skip-invalid']],
    says: /data\.jsonl:2/,
  },
  'two records with one id': {
    files: withFile(`${`{"id":${JSON.stringify(argument)},"input":1}\n`.repeat(2)}`),
    commands: checks,
    says: /E_DATASET_DUPLICATE_ID/,
  },
  'a dataset that throws': {
    files: {
      'exp.ts': experiment(
        `dataset: (function* () { yield { input: 1 }; throw new Error(${text}) })(), task: () => 1, evaluators: {},`,
      ),
    },
    commands: [['run', 'exp.ts'], ['show', 'latest'], ['list']],
    says: /the dataset threw/,
  },
  'ids that may have been meant': {
    files: { 'exp.ts': hostileRecords },
    commands: [
      ['run', 'exp.ts', '--record', `${firstKey}x`],
      ['check', 'exp.ts', '--record', `${firstKey}x`],
      ['run', 'exp.ts', '--record', firstKey, '--record', `${firstKey}x`],
      ['run', 'exp.ts', '--filter', `kk${wellFormed(hostileTexts[2] ?? '')}=1`],
    ],
    says: /no record|W_UNKNOWN_RECORD/,
  },
  'what was asked for on the command line': {
    files: { 'exp.ts': good },
    commands: [
      ['run', 'exp.ts', '--only', argument],
      ['run', 'exp.ts', '--jobs', argument],
      ['run', 'exp.ts', `--${argument}`],
      ['run', 'exp.ts', '--reporter', argument],
      ['run', 'exp.ts', '--reporter', `json=${fileName}/x/`],
      ['show', argument],
      ['resume', argument],
      ['push', argument],
      [argument],
    ],
    says: /expected/,
  },
  'the environment, .env and the config file': {
    files: {
      'exp.ts': good,
      '.env': `LLMOBS_EXP_JOBS=${all.replaceAll(/\n/g, '')}\n${argument}\nLLMOBS_EXP_${all.replaceAll('\n', '')}=1\n`,
    },
    commands: checks,
    says: /LLMOBS_EXP_JOBS/,
  },
  'a config file': {
    files: { 'exp.ts': good, 'llmobs-exp.config.mjs': `export default { [${text}]: 1, jobs: ${text} }\n` },
    commands: allChecks,
    says: /E_CONFIG_FILE/,
  },
  'what ends user code': {
    files: {
      'exp.ts': experiment(
        `${numbered(3)} task: () => { setTimeout(() => { throw new Error(${text}) }); return new Promise(() => {}) }, evaluators: {},`,
      ),
    },
    commands: [['run', 'exp.ts'], ['list'], ['show', 'latest'], ['resume', 'latest']],
    says: /ended early/,
  },
  'values of rows in every report': {
    files: { 'exp.ts': hostileRecords },
    commands: [
      ['run', 'exp.ts', '--debug'],
      ['show', 'latest', '--rows', 'all'],
      ['show', 'latest', '--reporter', 'json'],
      ['show', 'latest', '--reporter', 'ndjson'],
      ['run', 'exp.ts', '--quiet'],
      ['prune', '--keep', '1'],
    ],
    says: /rows/,
  },
  'records that have changed since': {
    files: { 'exp.ts': hostileRecords },
    before: [['run', 'exp.ts', '--jobs', '1']],
    prepare: (project) => project.write('exp.ts', project.read('exp.ts').replace('input: text', "input: 'x' + text")),
    commands: [
      ['resume', 'latest'],
      ['resume', 'latest', '--allow-changed'],
    ],
    env: { EXITS: '1' },
    says: /E_RESUME_CHANGED/,
  },
  'a store that was tampered with': {
    files: { 'exp.ts': good },
    before: [['run', 'exp.ts']],
    prepare: (project) =>
      edit(project, (manifest) => ({
        ...manifest,
        tool: all,
        groupId: all,
        file: all,
        currentFolder: all,
        definition: { ...Object(manifest.definition), name: all, evaluators: [all], tags: { [all]: all } },
      })),
    commands: [['list'], ['show', 'latest'], ['resume', 'latest'], ['push', 'latest'], ['show', `latest:${argument}x`]],
    says: /experiment/,
  },
  'a manifest that is none, in a folder of any name': {
    files: { 'exp.ts': good },
    before: [['run', 'exp.ts']],
    prepare(project) {
      writeFileSync(manifestOf(project), `{"v":1,${JSON.stringify(all)}:${JSON.stringify(all)} ${all}`)
      mkdirSync(join(project.folder, '.llmobs-exp', 'experiments', fileName), { recursive: true })
      renameSync(join(project.folder, 'exp.ts'), join(project.folder, 'other.ts'))
    },
    commands: [['list'], ['show', 'latest'], ['prune', '--keep', '1'], ['resume', 'latest'], ['doctor']],
    says: /damaged|cannot/,
  },
  'a lock, and a log with lines of somebody else': {
    files: { 'exp.ts': good },
    before: [['run', 'exp.ts']],
    prepare(project) {
      const { folder } = project.only()
      writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: 1, host: `${hostname()}${all}` }))
      appendFileSync(join(folder, 'events.jsonl'), `${all}\n{"v":1,"type":${JSON.stringify(all)}}\n`)
    },
    commands: [['resume', 'latest'], ['show', 'latest'], ['push', 'latest'], ['list']],
    says: /cannot be read|E_STORE/,
  },
  'what a backend answers that refuses': {
    usesBackend: true,
    files: { 'exp.ts': good, 'data.jsonl': '{"input":1}\n' },
    prepare: (_project, fake) => {
      const body = { errors: [{ title: all, detail: all, status: all, code: all }] }
      fake.script({ on: 'post-events', fault: answer(400, { body }) })
      fake.script({
        on: ['list-datasets', 'create-dataset', 'list-experiments'],
        fault: answer(422, { body: argument, headers: { 'content-type': 'text/plain' } }),
      })
    },
    commands: [
      ['run', 'exp.ts', '--push-timeout', '2s'],
      ['push', 'latest', '--push-timeout', '2s'],
      ['push', '--all', '--dry-run'],
      ['dataset', 'list'],
      ['dataset', 'push', 'data.jsonl', '--name', 'x'],
      ['dataset', 'pull', argument, '-o', 'x.jsonl'],
      ['list', '--remote'],
      ['pull', argument],
    ],
    says: /E_BACKEND|not all pushed/,
  },
  'names that a backend has': {
    usesBackend: true,
    prepare(_project, fake) {
      const { id: projectId } = fake.seed.project({ name: 'default-project' })
      const { id: datasetId } = fake.seed.dataset({
        projectId,
        name: all,
        description: all,
        records: [{ id: 'r1', input: all, expectedOutput: all, metadata: { [all]: all }, tags: [`a:${all}`] }],
      })
      fake.seed.experiment({
        projectId,
        datasetId,
        id: 'e1',
        name: all,
        status: all,
        metadata: { tags: [`a:${all}`], [all]: all },
      })
      fake.seed.experiment({ projectId, id: all, name: all, status: 'completed' })
    },
    commands: [
      ['list', '--remote'],
      ['pull', 'e1'],
      ['dataset', 'list'],
      ['dataset', 'list', '--json'],
      ['dataset', 'pull', argument],
      ['dataset', 'pull', 'near'],
      ['list', '--remote', '--json'],
      ['list'],
      ['show', 'latest', '--rows', 'all'],
    ],
    says: /experiment/,
  },
}

function quote(arg: string): string {
  return `'${arg.replaceAll("'", "'\\''")}'`
}

test.each(Object.entries(sinks))(
  'D17: %s does not drive the terminal',
  async (_what, sink) => {
    const { files = {}, before = [], prepare, commands, env = {}, usesBackend, says } = sink
    const fake = await startFake()
    const project = await cliProject(files)
    const variables = { ...env, ...(usesBackend ? fake.env : {}) }
    for (const args of before) await project.run(args, { env: variables })
    prepare?.(project, fake)
    const tried = commands.slice(0, TRIED)
    const script = tried.map((args) => `llmobs-exp ${args.map(quote).join(' ')}`).join('; ')
    project.write('script.sh', script)
    const { stdout } = await project.pty('sh script.sh', { columns: 120, env: variables }).ended

    expect(stdout).toMatch(says)
    expect(stdout).not.toContain('This is a defect')
    expect(foreign(stdout)).toEqual([])
  },
  120_000,
)
