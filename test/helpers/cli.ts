import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { readStore, type Stored } from './stored.ts'
import { tempFolder } from './temp-folder.ts'
import { createTerminal, type EmulatedTerminal } from './terminal-emulator.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Where a pseudo-terminal says which device it is. */
const TTY_FILE = '.tty'

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
  /** What it has printed so far. */
  printed(stream?: 'stdout' | 'stderr'): string
  /** Resolves when what it has printed so far matches; rejects when it ends without. */
  prints(pattern: RegExp, stream?: 'stdout' | 'stderr'): Promise<void>
  /** Resolves when the condition holds; rejects when the process ends before. */
  until(condition: () => boolean): Promise<void>
  signal(name: NodeJS.Signals): void
  /** Goes away as a reader of stdout. */
  closeStdout(): void
}

/** A script in a pseudo-terminal; what it prints to either stream is `stdout`. */
export interface RunningPty extends RunningCli {
  /** Types into the terminal; Ctrl-C is `\u0003`. */
  type(text: string): void
  /** Makes the terminal so many columns wide, of which its processes are told. */
  resize(columns: number): Promise<void>
  /** Resolves with the first screen that satisfies the condition; rejects when the script ends before. */
  shows(condition: (screen: EmulatedTerminal) => boolean): Promise<EmulatedTerminal>
  /** What a person sees in the terminal, with what has scrolled off above. */
  see(): EmulatedTerminal
}

export interface PtyOptions extends CliOptions {
  /** @default 80 */
  readonly columns?: number
  /** @default 24 */
  readonly rows?: number
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
  /** Starts such a script. */
  startShell(script: string, options?: CliOptions): RunningCli
  /** Starts a script of `sh` in a pseudo-terminal. */
  pty(script: string, options?: PtyOptions): RunningPty
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

  const spawnIn = (command: string, args: readonly string[], env: CliOptions['env'] = {}): ChildProcess =>
    spawn(command, args, { cwd: folder, env: { ...environment, ...env }, stdio: 'pipe' })
  const start = (command: string, args: readonly string[], { env }: CliOptions = {}): RunningCli =>
    follow(spawnIn(command, args, env))
  const startCli = (args: readonly string[], options?: CliOptions): RunningCli =>
    start(process.execPath, [join(root, 'bin', 'llmobs-exp.js'), ...args], options)
  const stored = (store = '.llmobs-exp'): Stored[] => readStore(join(folder, store))

  return {
    folder,
    run: (args, options) => startCli(args, options).ended,
    start: startCli,
    shell: (script, options) => start('/bin/sh', ['-c', script], options).ended,
    startShell: (script, options) => start('/bin/sh', ['-c', script], options),
    pty(script, { columns = 80, rows = 24, env = {} } = {}) {
      const command = `tty > ${TTY_FILE}; stty cols ${columns} rows ${rows} -echo; ${script}`
      const child = spawnIn('script', ['-qec', command, '/dev/null'], { SHELL: '/bin/sh', TERM: 'xterm', ...env })
      const tty = (): string => readFileSync(join(folder, TTY_FILE), 'utf8').trim()
      return followPty(child, { columns, rows, tty })
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
      const id = readdirSync(experiments).find((one) => existsSync(join(experiments, one, 'manifest.json')))
      if (id === undefined) return undefined
      return join('.llmobs-exp', 'experiments', id, 'events.jsonl')
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
    printed: (stream = 'stdout') => printed[stream],
    prints: (pattern, stream = 'stderr') => until(() => pattern.test(printed[stream])),
    signal: (name) => void child.kill(name),
    closeStdout: () => child.stdout?.destroy(),
  }
}

interface PtySize {
  readonly columns: number
  readonly rows: number
  /** Path of the terminal's device. */
  readonly tty: () => string
}

function followPty(child: ChildProcess, { columns, rows, tty }: PtySize): RunningPty {
  const running = follow(child)
  const resizes: { readonly at: number; readonly columns: number }[] = []
  const see = (): EmulatedTerminal => {
    const terminal = createTerminal({ columns: columns === 0 ? 80 : columns, rows })
    const text = running.printed()
    let from = 0
    for (const { at, columns } of resizes) {
      terminal.write(text.slice(from, at))
      terminal.resize(columns)
      from = at
    }
    terminal.write(text.slice(from))
    return terminal.see()
  }
  return {
    ...running,
    see,
    async shows(condition) {
      let screen = see()
      await running.until(() => {
        screen = see()
        return condition(screen)
      })
      return screen
    },
    type: (text) => void child.stdin?.write(text),
    async resize(to) {
      await promisify(execFile)('stty', ['-F', tty(), 'cols', String(to)])
      resizes.push({ at: running.printed().length, columns: to })
    },
  }
}
