import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { stripCode } from './helpers/strip-code.ts'

const src = fileURLToPath(new URL('../src', import.meta.url))

/** What each folder of `src/` may import beside itself. A file directly in `src/` counts as a folder of its own. */
const mayImport: { readonly [folder: string]: readonly string[] } = {
  model: [],
  stats: ['model'],
  files: ['model'],
  datasets: ['model', 'files'],
  load: ['model', 'files'],
  config: ['model'],
  terminal: ['model'],
  engine: ['model'],
  backends: ['model'],
  reporters: ['model', 'terminal'],
  session: ['model', 'engine', 'stats', 'backends', 'load', 'datasets', 'config'],
  cli: [
    'model',
    'stats',
    'files',
    'datasets',
    'load',
    'config',
    'terminal',
    'engine',
    'backends',
    'reporters',
    'session',
  ],
  library: ['model', 'config', 'load', 'backends', 'reporters', 'terminal', 'session', 'engine', 'cli'],
  'define.ts': ['model'],
  'run-experiment.ts': ['model', 'library'],
  'run-experiment-sync.ts': ['model', 'library'],
  datadog: ['model', 'datasets', 'backends'],
  'index.ts': [
    'model',
    'config',
    'datasets',
    'datadog',
    'library',
    'define.ts',
    'run-experiment.ts',
    'run-experiment-sync.ts',
  ],
  'contracts.ts': ['model', 'datasets'],
}

/** Where `process` may be used; timers of it (`nextTick`, `hrtime`) may be imported everywhere. */
const processPlaces =
  /^(?:cli|library|terminal)\/|^datadog\/connect\.ts$|^session\/executors\/(?:config-entry|in-process-entry|thread-entry|workers)\.ts$/

const MAX_LINES = 250
/** Packages that are loaded before the command is known. */
const STARTUP_PACKAGES = ['commander']

interface Import {
  readonly line: number
  readonly specifier: string
  /** Whether it is loaded together with the file: neither a type nor `import()`. */
  readonly isStatic: boolean
  readonly names: string
}

interface SourceFile {
  /** From `src/`, with slashes. */
  readonly path: string
  readonly source: string
  readonly code: string
  readonly imports: readonly Import[]
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .sort()
  .map(readSource)

function readSource(path: string): SourceFile {
  const source = readFileSync(join(src, path), 'utf8')
  const code = stripCode(source)
  return { path: path.replaceAll('\\', '/'), source, code, imports: findImports(source, code) }
}

function findImports(source: string, code: string): Import[] {
  const found: Import[] = []
  for (const match of code.matchAll(/\b(import|export)\b(\s+type\b)?([^'"`;()=]*?)(\(\s*)?(['"])( *)\5/g)) {
    const [text, keyword = '', type, names = '', call, , blank = ''] = match
    const isImport = keyword === 'import' || /\bfrom\s*$/.test(names)
    if (!isImport || (call === undefined && names.trim() !== '' && !/\bfrom\s*$/.test(names))) continue
    const end = match.index + text.length - 1
    const specifier = source.slice(end - blank.length, end)
    const onlyTypes = /^\s*\{\s*(?:type\s+[\w\s]+,?\s*)+\}\s*from\s*$/.test(names)
    found.push({
      line: lineAt(source, match.index),
      specifier,
      isStatic: type === undefined && call === undefined && !onlyTypes,
      names,
    })
  }
  return found
}

function lineAt(source: string, offset: number): number {
  return source.slice(0, offset).split('\n').length
}

function folderOf(path: string): string {
  return path.split('/')[0] ?? path
}

function targetOf(file: SourceFile, { specifier }: Import): string | undefined {
  if (!specifier.startsWith('.')) return undefined
  return relative(src, resolve(src, dirname(file.path), specifier)).replaceAll('\\', '/')
}

/** `path:line: text` of every match in the code, comments and texts left out. */
function findAll(pattern: RegExp, options: { readonly except?: RegExp } = {}): string[] {
  return files.flatMap(({ path, source, code }) => {
    if (options.except?.test(path) === true) return []
    return Array.from(code.matchAll(pattern), (match) => {
      const line = lineAt(source, match.index + match[0].search(/\S/))
      return `src/${path}:${line}: ${source.split('\n')[line - 1]?.trim()}`
    })
  })
}

/** Every file that is loaded together with this one, and the packages among their imports. */
function loadedWith(entry: string): { readonly files: Set<string>; readonly packages: Set<string> } {
  const loaded = { files: new Set<string>(), packages: new Set<string>() }
  const visit = (path: string): void => {
    if (loaded.files.has(path)) return
    loaded.files.add(path)
    const file = files.find((candidate) => candidate.path === path)
    if (file === undefined) throw new Error(`there is no src/${path}`)
    for (const imported of file.imports.filter(({ isStatic }) => isStatic)) {
      const target = targetOf(file, imported)
      if (target !== undefined) visit(target)
      else if (!imported.specifier.startsWith('node:')) loaded.packages.add(imported.specifier)
    }
  }
  visit(entry)
  return loaded
}

describe('src/', () => {
  it('is read as it is written: every import statement is found', () => {
    const statements = files.flatMap(({ path, source, code }) =>
      Array.from(source.matchAll(/^(?:import|export)\b[^'=]*?\bfrom '([^']+)'$/gm))
        // In a template the quotes are blanked out.
        .filter(({ 0: text, index }) => code[index + text.length - 1] === "'")
        .map(([, specifier]) => `${path} ${specifier}`),
    )
    const found = files.flatMap(({ path, imports }) => imports.map(({ specifier }) => `${path} ${specifier}`))
    expect(statements.length).toBeGreaterThan(300)
    expect(statements.filter((statement) => !found.includes(statement))).toEqual([])
    expect(found.some((one) => one.startsWith('cli/program.ts ./run.ts'))).toBe(true)
  })

  it('imports along the table of folders only', () => {
    const wrong = files.flatMap((file) =>
      file.imports.flatMap((imported) => {
        const target = targetOf(file, imported)
        if (target === undefined) return []
        const from = folderOf(file.path)
        const to = folderOf(target)
        if (from === to || mayImport[from]?.includes(to) === true) return []
        return [`src/${file.path}:${imported.line}: ${from} may not import ${to}: '${imported.specifier}'`]
      }),
    )
    expect(wrong).toEqual([])
  })

  it('keeps backends apart: none imports another', () => {
    const backendOf = (path: string): string | undefined => /^backends\/([^/]+)\//.exec(path)?.[1]
    const wrong = files.flatMap((file) =>
      file.imports.flatMap((imported) => {
        const [from, to] = [backendOf(file.path), backendOf(targetOf(file, imported) ?? '')]
        const isOther = from !== undefined && to !== undefined && from !== to
        return isOther ? [`src/${file.path}:${imported.line}: ${from} may not import ${to}`] : []
      }),
    )
    expect(files.filter(({ path }) => backendOf(path) !== undefined).length).toBeGreaterThan(20)
    expect(wrong).toEqual([])
  })

  it('has no folder that the table does not know', () => {
    expect([...new Set(files.map(({ path }) => folderOf(path)))].sort()).toEqual(Object.keys(mayImport).sort())
  })

  it('has no two files that load each other', () => {
    const loads = new Map(
      files.map((file) => [
        file.path,
        new Set(file.imports.filter(({ isStatic }) => isStatic).map((one) => targetOf(file, one))),
      ]),
    )
    const pairs = files.flatMap(({ path }) =>
      [...(loads.get(path) ?? [])].flatMap((other) =>
        other !== undefined && path < other && loads.get(other)?.has(path) === true ? [`${path} and ${other}`] : [],
      ),
    )
    expect(pairs).toEqual([])
  })

  it('imports relative files with their extension and Node modules with node:', () => {
    const odd = files.flatMap(({ path, imports }) =>
      imports
        .filter(({ specifier }) =>
          specifier.startsWith('.')
            ? !specifier.endsWith('.ts')
            : /^(?:fs|path|url|util|os|crypto|module|process|worker_threads)(?:\/|$)/.test(specifier),
        )
        .map(({ line, specifier }) => `src/${path}:${line}: '${specifier}'`),
    )
    expect(odd).toEqual([])
  })

  it('touches the process in the command line, the terminal and the thread entry only', () => {
    expect(findAll(/(?<![.\w'"/])process\s*\.(?!\s*\.)/g, { except: processPlaces })).toEqual([])
    const imported = files.flatMap(({ path, imports }) =>
      imports
        .filter(
          ({ specifier, names }) =>
            /^(?:node:)?process$/.test(specifier) && !/^\s*\{[\s,]*(?:nextTick|hrtime)[\s,]*\}\s*from\s*$/.test(names),
        )
        .filter(() => !processPlaces.test(path))
        .map(({ line }) => `src/${path}:${line}`),
    )
    expect(imported).toEqual([])
  })

  it('prints through the screen, never with the console', () => {
    expect(findAll(/(?<![.\w])console\s*\.\s*(?:log|info|warn|error|debug|trace|dir|table)\b/g)).toEqual([])
  })

  it('narrows types in place of casting them', () => {
    const casts = findAll(/(?<=[\w)\]}'"`]\s+)as\s+(?!const\b)/g)
    expect(casts.filter((cast) => !isNoCast(cast))).toEqual([])
    expect(findAll(/[\w)\]]!(?=[.,;)\]\s[(])(?!=)/g)).toEqual([])
  })

  it('uses any only where a line says why', () => {
    const unexplained = files.flatMap(({ path, source, code }) => {
      const lines = source.split('\n')
      return Array.from(code.matchAll(/(?<![.\w])any\b(?!\s*\()/g), ({ index }) => lineAt(source, index)).flatMap(
        (line) =>
          /biome-ignore lint\/suspicious\/noExplicitAny: \S/.test(lines[line - 2] ?? '')
            ? []
            : [`src/${path}:${line}: ${lines[line - 1]}`],
      )
    })
    expect(unexplained).toEqual([])
  })

  it(`keeps every file within ${MAX_LINES} lines`, () => {
    const long = files.map(({ path, source }) => ({ path, lines: source.trimEnd().split('\n').length }))
    expect(long.filter(({ lines }) => lines > MAX_LINES)).toEqual([])
  })

  it('names files in kebab-case', () => {
    expect(files.map(({ path }) => path).filter((path) => !/^(?:[a-z0-9]+(?:-[a-z0-9]+)*[/.])+ts$/.test(path))).toEqual(
      [],
    )
  })

  it('loads next to nothing before the command is known', () => {
    expect([...loadedWith('cli/main.ts').packages]).toEqual(STARTUP_PACKAGES)
  })

  it('keeps nothing but constants in what several files of dist have a copy of', () => {
    const start = loadedWith('cli/main.ts').files
    const shared = [...start].filter((path) => !/^cli\/(?:main|program|system)\.ts$/.test(path))
    const variables = findAll(/^(?:export )?(?:let|var)\b/gm).filter((place) =>
      shared.some((path) => place.startsWith(`src/${path}:`)),
    )
    expect(shared.length).toBeGreaterThan(10)
    expect(variables).toEqual([])
  })

  it('loads nothing that runs experiments with what defines them', () => {
    const folders = [...loadedWith('index.ts').files].map(folderOf)
    expect(folders.filter((folder) => ['library', 'cli', 'session', 'engine', 'load'].includes(folder))).toEqual([])
  })

  it('loads no package into the thread with user code', () => {
    expect([...loadedWith('index.ts').packages]).toEqual([])
    expect([...loadedWith('session/executors/thread-entry.ts').packages]).toEqual([])
    expect([...loadedWith('session/executors/in-process-entry.ts').packages]).toEqual([])
    expect([...loadedWith('session/executors/config-entry.ts').packages]).toEqual([])
  })
})

/** Renaming imports, exports and mapped keys reads like a cast; a registered symbol can be typed in no other way. */
function isNoCast(place: string): boolean {
  const text = place.replace(/^\S+:\d+: /, '')
  return (
    /^(?:import|export)\b/.test(text) ||
    /^(?:type )?\w+ as \w+,?$/.test(text) ||
    /\[\s*\w+ in .*\bas\b/.test(text) ||
    /unique symbol = Symbol\.for\([^)]*\) as never$/.test(text)
  )
}
