import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { readStore, type Stored } from './stored.ts'
import { tempFolder } from './temp-folder.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** How often a condition on files is looked at, in milliseconds. */
const LOOK = 10

export interface CliResult {
  /** Null when a signal ended the process. */
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
  /** The last line of stderr. */
  readonly lastLine: string
}

/** A process that is running. It is killed when the test ends. */
export interface RunningCli {
  readonly pid: number
  readonly ended: Promise<CliResult>
  /** Resolves when what it has printed so far matches; rejects when it ends without. */
  prints(pattern: RegExp, stream?: 'stdout' | 'stderr'): Promise<void>
  /** Resolves when the condition holds; rejects when the process ends before. */
  until(condition: () => boolean): Promise<void>
  signal(name: NodeJS.Signals): void
  /** Types into the terminal; only of `pty`. */
  type(text: string): void
  /** Goes away as a reader of stdout. */
  closeStdout(): void
}

export interface CliOptions {
  readonly env?: { readonly [name: string]: string }
}

/** A user's folder with a package.json and the tool installed. */
export interface CliProject {
  readonly folder: string
  /** Runs `llmobs-exp` with these arguments to its end. */
  run(args: readonly string[], options?: CliOptions): Promise<CliResult>
  /** Starts `llmobs-exp` with these arguments. */
  start(args: readonly string[], options?: CliOptions): RunningCli
  /** Runs a script of `sh`, in which `llmobs-exp` can be called, to its end. */
  shell(script: string, options?: CliOptions): Promise<CliResult>
  /** Starts a script of `sh` in a pseudo-terminal; what it prints is `stdout`. */
  pty(script: string, options?: CliOptions & { readonly columns?: number }): RunningCli
  write(path: string, text: string | Uint8Array): void
  read(path: string): string
  exists(path: string): boolean
  /** The experiments in the store, oldest first. */
  stored(store?: string): Stored[]
  /** The only experiment in the store. */
  only(): Stored
  /** Complete lines of a file, none while there is no file. */
  lines(path: string): string[]
  /** Where the log of the only experiment is, once it is there. */
  logFile(): string | undefined
}

/** Sets up a folder with these files. */
export async function cliProject(files: { readonly [path: string]: string } = {}): Promise<CliProject> {
  const folder = await tempFolder()
  const environment = cleanEnvironment(folder)
  const write = (path: string, text: string | Uint8Array): void => {
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  write('package.json', '{ "type": "module" }\n')
  install(folder)
  for (const [path, text] of Object.entries(files)) write(path, text)

  const start = (command: string, args: readonly string[], { env = {} }: CliOptions = {}): RunningCli =>
    follow(spawn(command, args, { cwd: folder, env: { ...environment, ...env }, stdio: 'pipe' }))
  const startCli = (args: readonly string[], options?: CliOptions): RunningCli =>
    start(process.execPath, [join(root, 'bin', 'llmobs-exp.js'), ...args], options)
  const stored = (store = '.llmobs-exp'): Stored[] => readStore(join(folder, store))

  return {
    folder,
    run: (args, options) => startCli(args, options).ended,
    start: startCli,
    shell: (script, options) => start('/bin/sh', ['-c', script], options).ended,
    pty(script, { columns = 80, env = {} } = {}) {
      const command = `stty cols ${columns} rows 24 -echo; ${script}`
      return start('script', ['-qec', command, '/dev/null'], { env: { SHELL: '/bin/sh', TERM: 'xterm', ...env } })
    },
    write,
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    exists: (path) => existsSync(join(folder, path)),
    stored,
    only() {
      const [only, ...others] = stored()
      if (only === undefined || others.length > 0) throw new Error(`the store has ${stored().length} experiments`)
      return only
    },
    lines(path) {
      if (!existsSync(join(folder, path))) return []
      return readFileSync(join(folder, path), 'utf8').split('\n').slice(0, -1)
    },
    logFile() {
      const experiments = join(folder, '.llmobs-exp', 'experiments')
      if (!existsSync(experiments)) return undefined
      const [id] = readdirSync(experiments)
      const file = id === undefined ? undefined : join('.llmobs-exp', 'experiments', id, 'events.jsonl')
      return file !== undefined && existsSync(join(folder, file)) ? file : undefined
    },
  }
}

/** As `npm install` leaves it: the package in node_modules, its command in node_modules/.bin. */
function install(folder: string): void {
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, '.bin'), { recursive: true })
  symlinkSync(root, join(modules, 'llmobs-exp'))
  symlinkSync(join(root, 'node_modules', 'zod'), join(modules, 'zod'))
  symlinkSync(join(root, 'bin', 'llmobs-exp.js'), join(modules, '.bin', 'llmobs-exp'))
}

/** Nothing of the environment the tests happen to run in: no CI, no colours, no options, no keys. */
function cleanEnvironment(folder: string): NodeJS.ProcessEnv {
  const path = [join(folder, 'node_modules', '.bin'), dirname(process.execPath), process.env.PATH ?? ''].join(':')
  return { PATH: path, HOME: folder, LANG: 'C.UTF-8' }
}

function follow(child: ChildProcess): RunningCli {
  const printed = { stdout: '', stderr: '' }
  const watchers = new Set<() => void>()
  const look = (): void => {
    for (const watcher of [...watchers]) watcher()
  }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      printed[stream] += text
      look()
    })
  }
  child.stdin?.on('error', () => {})
  const timer = setInterval(look, LOOK)
  onTestFinished(() => void child.kill('SIGKILL'))
  let isEnded = false
  const ended = new Promise<CliResult>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exitCode) => {
      clearInterval(timer)
      isEnded = true
      look()
      resolve({ exitCode, ...printed, lastLine: printed.stderr.trimEnd().split('\n').at(-1) ?? '' })
    })
  })
  const until = (condition: () => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const watcher = (): void => {
        const holds = condition()
        if (!holds && !isEnded) return
        watchers.delete(watcher)
        if (holds) resolve()
        else reject(new Error(`the process ended before it; it printed\n${printed.stdout}\n${printed.stderr}`))
      }
      watchers.add(watcher)
      watcher()
    })
  return {
    pid: child.pid ?? -1,
    ended,
    until,
    prints: (pattern, stream = 'stderr') => until(() => pattern.test(printed[stream])),
    signal: (name) => void child.kill(name),
    type: (text) => void child.stdin?.write(text),
    closeStdout: () => child.stdout?.destroy(),
  }
}
