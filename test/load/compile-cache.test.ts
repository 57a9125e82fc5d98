import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { expect, onTestFinished, test } from 'vitest'
import { type CompiledModule, compileModule } from '../../src/load/compile.ts'
import { compile, load, packageEntry, project, temporaryFolder } from './helpers/load.ts'

/** When the compiled file was made, in nanoseconds: tells whether it was made again. */
async function madeAt({ outputFile }: CompiledModule): Promise<bigint> {
  return (await stat(outputFile, { bigint: true })).mtimeNs
}

async function age(path: string, hours: number): Promise<void> {
  const time = Date.now() / 1000 - hours * 3600
  await utimes(path, time, time)
}

async function loadedValue(compiled: CompiledModule): Promise<unknown> {
  const loaded = await load(compiled)
  return loaded.status === 'ok' ? loaded.value : loaded.error.message
}

test('what is told of a module is its output, every file in it, and a hash', async () => {
  const root = await project('syntax')
  const compiled = await compile(root, 'imports.ts')
  expect(compiled.file).toBe(join(root, 'imports.ts'))
  expect(compiled.url).toBe(pathToFileURL(compiled.outputFile).href)
  expect([...compiled.inputs].sort()).toEqual(
    ['data.json', 'imports.ts', 'lib/index.ts', 'lib/one.ts', 'lib/two.ts'].map((name) => join(root, name)),
  )
  expect(compiled.hash).toMatch(/^[0-9a-f]{64}$/)
})

test('the hash is the same elsewhere, and another after an edit', async () => {
  const [here, there] = [await project('syntax'), await project('syntax')]
  const before = await compile(here, 'imports.ts')
  expect((await compile(there, 'imports.ts')).hash).toBe(before.hash)
  await writeFile(join(there, 'lib/one.ts'), 'export const one = 10\n')
  expect((await compile(there, 'imports.ts')).hash).not.toBe(before.hash)
})

test('a warm start does without the compiler', async () => {
  const root = await project('syntax')
  await age(join(root, 'imports.ts'), 1)
  const cold = await compile(root, 'imports.ts')
  const folder = await temporaryFolder()
  // The same code where no esbuild can be found.
  await build({
    entryPoints: [join(import.meta.dirname, '../../src/load/compile.ts')],
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    external: ['esbuild'],
    outExtension: { '.js': '.mjs' },
  })
  const script = `import { compileModule } from ${JSON.stringify(pathToFileURL(join(folder, 'compile.mjs')).href)}
    const options = ${JSON.stringify({ cacheFolder: join(root, '.cache'), packageEntry })}
    const warm = await compileModule(${JSON.stringify(cold.file)}, options)
    const cold = await compileModule(${JSON.stringify(join(root, 'enums.ts'))}, options).catch(({ code, message }) => ({ code, message }))
    console.log(JSON.stringify({ warm, cold }))`
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' })
  const told = { code: 'E_MODULE_LOAD', message: expect.stringContaining('cannot run the compiler, esbuild: ') }
  expect(JSON.parse(output)).toEqual({ warm: cold, cold: told })
})

test('an edit at once after compiling, of the same length, is seen', async () => {
  const root = await project('syntax')
  await compile(root, 'imports.ts')
  const { atime, mtime } = await stat(join(root, 'lib/one.ts'))
  await writeFile(join(root, 'lib/one.ts'), 'export const one = 7\n')
  await utimes(join(root, 'lib/one.ts'), atime, mtime)
  expect(await loadedValue(await compile(root, 'imports.ts'))).toMatchObject({ one: 7 })
})

test('a file that was touched but not changed is not compiled again', async () => {
  const root = await project('syntax')
  const before = await madeAt(await compile(root, 'imports.ts'))
  await age(join(root, 'imports.ts'), 5)
  expect(await madeAt(await compile(root, 'imports.ts'))).toBe(before)
})

test('a change in an extended tsconfig is seen', async () => {
  const root = await project('syntax')
  await compile(root, 'paths.ts')
  const base = { compilerOptions: { baseUrl: '.', paths: { '@lib/*': ['./lib/*'], '~one': ['./other.ts'] } } }
  await writeFile(join(root, 'tsconfig.base.json'), JSON.stringify(base))
  await writeFile(join(root, 'other.ts'), 'export const one = 100\n')
  expect(await loadedValue(await compile(root, 'paths.ts'))).toEqual({ one: 100, two: 2 })
})

test('a tsconfig that appears is seen', async () => {
  const root = await project('syntax')
  await compile(root, 'lib/two.ts')
  await writeFile(join(root, 'lib/tsconfig.json'), '{ not json')
  await expect(compile(root, 'lib/two.ts')).rejects.toMatchObject({
    code: 'E_MODULE_LOAD',
    location: { file: join(root, 'lib/tsconfig.json'), line: 1, column: 3 },
  })
})

test('a file that appears in front of the one that was taken is seen', async () => {
  const root = await project('syntax')
  expect(await loadedValue(await compile(root, 'imports.ts'))).toMatchObject({ one: 1 })
  await writeFile(join(root, 'lib.ts'), 'export const one = 5, two = 6\nexport type Shape = { sides: number }\n')
  expect(await loadedValue(await compile(root, 'imports.ts'))).toMatchObject({ one: 5 })
})

test('a package that moved nearer is seen, and so is one that is gone', async () => {
  const root = await project('packages-commonjs')
  expect(await loadedValue(await compile(root))).toMatchObject({ esm: 'esm' })
  await mkdir(join(root, 'sub'))
  await writeFile(join(root, 'sub/entry.ts'), "import esm from 'esm-package'\nexport default { esm }\n")
  expect(await loadedValue(await compile(root, 'sub/entry.ts'))).toEqual({ esm: 'esm' })
  await mkdir(join(root, 'sub/node_modules/esm-package'), { recursive: true })
  await writeFile(join(root, 'sub/node_modules/esm-package/package.json'), '{ "type": "module" }')
  await writeFile(join(root, 'sub/node_modules/esm-package/index.js'), "export default 'nearer'\n")
  expect(await loadedValue(await compile(root, 'sub/entry.ts'))).toEqual({ esm: 'nearer' })
  await rm(join(root, 'sub/node_modules'), { recursive: true })
  expect(await loadedValue(await compile(root, 'sub/entry.ts'))).toEqual({ esm: 'esm' })
})

test.each(['{"torn', '{}', '[1]', 'null'])('an entry that reads %s is made again', async (text) => {
  const root = await project('syntax')
  const { outputFile } = await compile(root, 'enums.ts')
  const entry = (await readdir(dirname(outputFile))).find((name) => name.endsWith('.json')) ?? ''
  await writeFile(join(dirname(outputFile), entry), text)
  expect((await compile(root, 'enums.ts')).outputFile).toBe(outputFile)
})

test('an output that was deleted is made again', async () => {
  const root = await project('syntax')
  const { outputFile } = await compile(root, 'enums.ts')
  await rm(outputFile)
  expect(await loadedValue(await compile(root, 'enums.ts'))).toMatchObject({ x: 7 })
})

test('older outputs of the same source go after a day; those of others, and younger ones, stay', async () => {
  const root = await project('syntax')
  const other = await compile(root, 'jsx.tsx')
  await age(other.outputFile, 48)
  const outputs: string[] = []
  for (const value of [1, 2, 3]) {
    await writeFile(join(root, 'lib/one.ts'), `export const one = ${value}${value}\n`)
    outputs.push((await compile(root, 'lib/one.ts')).outputFile)
    if (value === 1) await age(outputs[0] ?? '', 48)
  }
  expect(outputs.map((path) => existsSync(path))).toEqual([false, true, true])
  expect(existsSync(other.outputFile)).toBe(true)
})

test('compiling the same module many times at once gives every caller a module that loads', async () => {
  const root = await project('syntax')
  const compiled = await Promise.all(Array.from({ length: 8 }, () => compile(root, 'enums.ts')))
  for (const one of compiled) expect(await loadedValue(one)).toMatchObject({ x: 7 })
  const left = await readdir(join(root, '.cache'))
  expect(left.filter((name) => name.endsWith('.tmp'))).toEqual([])
})

test('the cache is private and hidden from git', async () => {
  const root = await project('syntax')
  const { outputFile } = await compile(root, 'enums.ts')
  expect((await stat(dirname(outputFile))).mode & 0o077).toBe(0)
  expect((await stat(outputFile)).mode & 0o077).toBe(0)
  expect(await readFile(join(dirname(outputFile), '.gitignore'), 'utf8')).toBe('*\n')
})

test('where the cache cannot be written a private folder for temporary files is used, and is warm the second time', async () => {
  const root = await project('packages-module')
  await writeFile(join(root, 'blocked'), 'a file where a folder should be')
  const options = { cacheFolder: join(root, 'blocked', 'cache'), packageEntry }
  const compiled = await compileModule(join(root, 'entry.ts'), options)
  onTestFinished(() => rm(compiled.outputFile, { force: true }))
  expect(dirname(compiled.outputFile)).toBe(join(tmpdir(), `llmobs-exp-${userInfo().uid}`))
  expect((await stat(dirname(compiled.outputFile))).mode & 0o077).toBe(0)
  expect(await loadedValue(compiled)).toMatchObject({ dual: 'dual', local: 'local' })
  const before = await madeAt(compiled)
  expect(await madeAt(await compileModule(join(root, 'entry.ts'), options))).toBe(before)
})

test('a missing module is refused', async () => {
  const root = await project('syntax')
  await expect(compile(root, 'nowhere.ts')).rejects.toMatchObject({ code: 'E_FILE_NOT_FOUND' })
})

test('names of files that need escaping are found again in stack traces', async () => {
  const root = await project('errors')
  const name = 'a b#c%20ü?.ts'
  await writeFile(join(root, name), '\n\nthrow new Error(import.meta.url)\n')
  const loaded = await load(await compile(root, name))
  expect(loaded).toMatchObject({ status: 'error', error: { location: { file: join(root, name), line: 3, column: 7 } } })
  expect(loaded).toMatchObject({ error: { cause: { message: pathToFileURL(join(root, name)).href } } })
})
