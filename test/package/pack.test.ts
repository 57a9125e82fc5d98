import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

const experiment = `import { defineExperiment, jsonl } from 'llmobs-exp'
import { z } from 'zod'

enum Answer { Paris = 'Paris', Tokyo = 'Tokyo' }

export default defineExperiment({
  name: 'packed',
  dataset: jsonl('./capitals.jsonl', { input: z.object({ country: z.string() }), expectedOutput: z.string() }),
  task: async ({ country }) => (country === 'France' ? Answer.Paris : Answer.Tokyo),
  evaluators: { exact: ({ output, expectedOutput }) => output === expectedOutput },
  thresholds: { exact: 1 },
})
`
const records = `{"input":{"country":"France"},"expectedOutput":"Paris"}
{"input":{"country":"Japan"},"expectedOutput":"Tokyo"}
`
const sources = `import { csv, type Dataset, json } from 'llmobs-exp'
import { checkDatasetSource, type SourceFinding } from 'llmobs-exp/contracts'

export const table: Dataset<{ readonly input: string }> = csv('./x.csv', { columns: { input: 'question' } })
export const findings: Promise<readonly SourceFinding[]> = checkDatasetSource(() => json('./x.json', { at: 'a.b' }))
`
const library = `import { runExperiment, runExperimentSync, type RunEvent } from 'llmobs-exp'
import packed from './capitals.js'

const run = runExperiment(packed, { jobs: 2, noPush: true })
for await (const event of run) seen(event)
export const exact: boolean | null | undefined = (await (await run).toTable())[0]?.exact
export const output: string | null | undefined = runExperimentSync<typeof packed>('./capitals.ts').toTable()[0]?.output
function seen(_event: RunEvent): void {}
`
const script = `import { runExperiment, runExperimentSync } from 'llmobs-exp'
const later = await runExperiment('./capitals.ts')
const now = runExperimentSync('./capitals.ts')
console.log(later.passed, (await later.toTable()).length, now.passed, now.rows().length)
`
const tsconfig = { compilerOptions: { strict: true, noEmit: true, module: 'nodenext', target: 'es2023', types: [] } }

interface Packed {
  readonly filename: string
  readonly files: readonly { readonly path: string }[]
}

let folder: string
let packed: Packed

// The package as a user has it: packed, and installed in a folder that has nothing of this repository.
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'llmobs-exp-pack-'))
  packed = pack(folder)
  const user = join(folder, 'user')
  mkdirSync(user)
  writeFileSync(join(user, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  writeFileSync(join(user, 'capitals.ts'), experiment)
  writeFileSync(join(user, 'capitals.jsonl'), records)
  writeFileSync(join(user, 'sources.ts'), sources)
  writeFileSync(join(user, 'tsconfig.json'), JSON.stringify({ ...tsconfig, include: ['*.ts'] }))
  // Install scripts are blocked in many places: it has to work without.
  npm(['install', '--prefer-offline', '--ignore-scripts', join(folder, packed.filename)], user)
}, 120_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the packed package', () => {
  it('ships what a user needs and nothing else', () => {
    const paths = packed.files.map(({ path }) => path)
    const allowed =
      /^(?:bin\/(?:llmobs-exp\.js|package\.json)|dist\/.+\.(?:c?js|d\.ts)|dist\/THIRD-PARTY-LICENSES|docs\/[\w.-]+\.(?:md|json)|templates\/[\w-]+\.(?:ts|jsonl)|package\.json|(?:README|LICENSE|CHANGELOG)(?:\.md)?)$/
    expect(paths.filter((path) => !allowed.test(path))).toEqual([])
    expect(paths).toEqual(
      expect.arrayContaining(['bin/llmobs-exp.js', 'dist/index.d.ts', 'dist/cli/main.cjs', 'README.md', 'LICENSE']),
    )
    expect(paths.filter((path) => path.startsWith('templates/')).sort()).toEqual(
      ['first-experiment.jsonl', 'offline.ts', 'openai.ts'].map((name) => `templates/${name}`),
    )
  })

  it('passes on the licences of packages whose code is in it, and installs none of them', () => {
    const modules = join(folder, 'user', 'node_modules')
    const licenses = readFileSync(join(modules, 'llmobs-exp', 'dist', 'THIRD-PARTY-LICENSES'), 'utf8')
    for (const name of ['commander', 'cli-table3', 'p-queue', 'tinyglobby']) {
      expect(licenses).toMatch(new RegExp(`^${name} [\\d.]+ \\(MIT\\)\n\n[^]*?Permission is hereby granted`, 'm'))
      expect(existsSync(join(modules, name))).toBe(false)
    }
  })

  it('runs a TypeScript experiment where it is installed', () => {
    const args = ['llmobs-exp', 'run', './capitals.ts', '--reporter', 'json']
    const { status, stdout, stderr } = run('npx', ['--no-install', ...args], join(folder, 'user'))
    expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.stringContaining('passed: packed') })
    expect(JSON.parse(stdout)).toMatchObject({
      exitCode: 0,
      experiments: [{ name: 'packed', runs: [{ rows: { ok: 2 }, evaluators: [{ label: 'exact', value: 1 }] }] }],
    })
  })

  it('runs experiments from code where it is installed, with types', () => {
    const user = join(folder, 'user')
    writeFileSync(join(user, 'library.ts'), library)
    expect(typecheck(user)).toBe('')
    const { status, stdout, stderr } = run(process.execPath, ['--input-type=module', '--eval', script], user)
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'true 2 true 2\n', stderr: '' })
  })

  it('brings types that check a module that imports it', () => {
    const user = join(folder, 'user')
    expect(typecheck(user)).toBe('')
    writeFileSync(join(user, 'wrong.ts'), experiment.replace('exact: 1 }', 'exakt: 1 }'))
    expect(typecheck(user)).toMatch(/wrong\.ts.*exakt/)
  })

  it('writes a first experiment into an empty folder, where it runs and compiles', () => {
    const empty = join(folder, 'empty')
    mkdirSync(empty)
    symlinkSync(join(folder, 'user', 'node_modules'), join(empty, 'node_modules'))
    const command = (...args: readonly string[]) => run('npx', ['--no-install', 'llmobs-exp', ...args], empty)
    const file = 'experiments/first-experiment.ts'
    expect(command('init').stdout).toContain(`wrote ${file}`)
    expect(command('check', file)).toMatchObject({ status: 0, stderr: expect.stringContaining('10 units') })
    expect(command('run', file)).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('passed: first-experiment'),
    })
    expect(typecheck(join(empty, 'experiments'))).toBe('')
  })

  it('leads a new user from a first experiment over a mistake to a failing row, and to watching it', async () => {
    const empty = join(folder, 'newcomer')
    mkdirSync(empty)
    symlinkSync(join(folder, 'user', 'node_modules'), join(empty, 'node_modules'))
    const file = 'experiments/first-experiment.ts'
    const path = join(empty, file)
    const command = (...args: readonly string[]) => run('npx', ['--no-install', 'llmobs-exp', ...args], empty)
    command('init')
    const written = readFileSync(path, 'utf8')

    writeFileSync(path, written.replace('thresholds: { correct: 0.8 }', 'thresholds: { corect: 0.95 }'))
    expect(typecheck(join(empty, 'experiments'))).toMatch(/first-experiment\.ts.*corect/)
    const refused = command('run', file)
    expect(refused.status).toBe(2)
    expect(refused.stderr).toMatch(/did you mean "?correct"?/)

    writeFileSync(path, written.replace('thresholds: { correct: 0.8 }', 'thresholds: { correct: 0.95 }'))
    const failed = command('run', file)
    expect(failed.status).toBe(1)
    const [, record = ''] = /^ {2}(\S+) · did not pass: correct$/m.exec(failed.stdout) ?? []
    expect(command('run', file, '--record', record).stdout).toContain('1 row: 1 ok')

    const watching = spawn(
      process.execPath,
      [join(empty, 'node_modules/llmobs-exp/bin/llmobs-exp.js'), 'run', file, '--watch'],
      {
        cwd: empty,
        env: { ...environment(), CI: '' },
      },
    )
    onTestFinished(() => void watching.kill('SIGKILL'))
    const printed = collect(watching)
    await printed.until(/watching \d+ files/)
    writeFileSync(path, written)
    await printed.until(/first-experiment\.ts changed[\s\S]*passed: first-experiment[\s\S]*watching/)
    watching.kill('SIGINT')
    expect(await printed.exitCode).toBe(0)
  })

  it('exports its public names', () => {
    const namesOf = (specifier: string) => {
      const code = `import('${specifier}').then((names) => console.log(Object.keys(names).sort().join()))`
      return run(process.execPath, ['--eval', code], join(folder, 'user')).stdout.trim()
    }
    expect(namesOf('llmobs-exp')).toBe(
      'LlmobsExpError,byName,csv,datadogDataset,defineConfig,defineExperiment,json,jsonl,multi,openSource,remoteEvaluator,runExperiment,runExperimentSync',
    )
    expect(namesOf('llmobs-exp/contracts')).toBe('checkDatasetSource')
  })
})

describe('package-lock.json', () => {
  it('names no registry', () => {
    expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved":|https?:\/\/[^"]*\.tgz/)
  })

  it('knows the packages of every platform, so that npm ci installs on all of them', () => {
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
    const missing = Object.entries(packages).flatMap(([path, entry]) => {
      const optional = Object.keys(Object(Reflect.get(Object(entry), 'optionalDependencies')))
      const isLocked = (name: string) =>
        `node_modules/${name}` in packages || `${path}/node_modules/${name}` in packages
      return optional.filter((name) => !isLocked(name))
    })
    expect(missing).toEqual([])
  })
})

/** Packs what `vitest`'s global set-up has built; building again would take `dist` from under other tests. */
function pack(destination: string): Packed {
  const output = npm(['pack', '--json', '--ignore-scripts', '--pack-destination', destination], root)
  const parsed: unknown = JSON.parse(output)
  const first: unknown = Array.isArray(parsed) ? parsed[0] : Object.values(Object(parsed))[0]
  if (!isPacked(first)) throw new Error(`npm pack printed ${output}`)
  return first
}

function isPacked(value: unknown): value is Packed {
  return typeof value === 'object' && value !== null && 'filename' in value && 'files' in value
}

function npm(args: readonly string[], cwd: string): string {
  return execFileSync('npm', [...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment(),
  })
}

function run(command: string, args: readonly string[], cwd: string) {
  return spawnSync(command, args, { cwd, encoding: 'utf8', env: environment() })
}

/** What a process prints, and its exit code. */
function collect(child: ChildProcess) {
  let text = ''
  let check = (): void => {}
  const add = (chunk: Buffer): void => {
    text += chunk.toString()
    check()
  }
  child.stdout?.on('data', add)
  child.stderr?.on('data', add)
  const exitCode = new Promise<number | null>((resolve) => child.once('close', resolve))
  return {
    exitCode,
    until: (pattern: RegExp) =>
      new Promise<void>((resolve, reject) => {
        check = () => pattern.test(text) && resolve()
        check()
        void exitCode.then(() => reject(new Error(`it ended before ${pattern}:\n${text}`)))
      }),
  }
}

/** What npm tells its scripts would make a second npm think that it runs in this repository. */
function environment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(
    ([name]) => !/^(?:npm_(?!config_cache)|LLMOBS_EXP_|NODE_OPTIONS$|VITEST)/i.test(name),
  )
  return Object.fromEntries(entries)
}

/** What the compiler of this repository says of the user's folder. */
function typecheck(cwd: string): string {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  return run(process.execPath, [compiler, '-p', '.', '--pretty', 'false'], cwd).stdout
}
