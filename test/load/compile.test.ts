import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compile, load, project, run } from './helpers/load.ts'

describe.each(['module', 'commonjs'])('in a folder of type %s', (type) => {
  test.each(['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'])('a .%s module is loaded', async (extension) => {
    expect(await run(`kinds-${type}`, `entry.${extension}`)).toEqual({ answer: 42, isFile: true })
  })
})

describe('TypeScript', () => {
  test('enums, namespaces and parameter properties run', async () => {
    expect(await run('syntax', 'enums.ts')).toEqual({ colours: ['red', 'blue'], size: 1, sides: 4, x: 7 })
  })

  test('experimental decorators run when an extended tsconfig asks for them', async () => {
    expect(await run('syntax', 'decorators.ts')).toEqual({ seen: ['evaluate'], made: true })
  })

  test('paths of a tsconfig are followed', async () => {
    expect(await run('syntax', 'paths.ts')).toEqual({ one: 1, two: 2 })
  })

  test('folders, missing extensions, .js for .ts, JSON, types and dynamic imports are followed', async () => {
    expect(await run('syntax', 'imports.ts')).toEqual({
      one: 1,
      two: 2,
      again: 2,
      data: [1, 2],
      listed: [1, 2],
      late: 1,
      loose: [1, 2],
      sides: 3,
    })
  })

  test('JSX is compiled', async () => {
    expect(await run('syntax', 'jsx.tsx')).toEqual({ text: 'b:bold' })
  })

  test('a hashbang and "use strict" stay what they are', async () => {
    expect(await run('syntax', 'hashbang.ts')).toEqual({ ends: true, strict: true })
  })
})

test('every file finds itself and its neighbours where it was written', async () => {
  expect(await run('locations')).toEqual({
    entry: true,
    folder: true,
    own: ['inner.ts', 'inner.ts', 'deep', 'inner.ts', 'deep'],
    old: {
      file: 'old.cjs',
      folder: 'deep',
      dynamic: 11,
      indirect: 11,
      resolved: 'data.json',
      optional: 'missing',
      isMain: false,
    },
    prompt: 'Answer briefly.',
    native: 12,
    bare: 'plain',
    required: 11,
    resolved: true,
    resolvedBare: true,
    resolvedBuiltin: 'node:fs',
  })
})

describe('packages', () => {
  test('in an ES module they are found and meant as Node does it, and this package has one instance', async () => {
    expect(await run('packages-module')).toEqual({
      dual: 'dual',
      kind: 'esm',
      named: 'sub of esm',
      plain: 'function',
      one: true,
      workspace: 'shared',
      typed: 'typed',
      version: '3.2.1',
      fromRequire: 'cjs',
      instances: ['esm', 'cjs'],
      local: 'local',
    })
  })

  test('in a CommonJS project they mean what they mean to TypeScript', async () => {
    expect(await run('packages-commonjs')).toEqual({
      old: 'function',
      named: 'named',
      esm: 'esm',
      required: 'namedesm',
      one: true,
      addon: true,
      late: 'function',
    })
  })
})

describe('experiments of a compiled module', () => {
  async function names(entry: string): Promise<unknown> {
    const loaded = await load(await compile(await project('experiments'), entry), 'experiments')
    if (loaded.status === 'error') return loaded.error.code
    return Array.isArray(loaded.value)
      ? loaded.value.map(({ name, ref }) => `${ref.exportName}: ${name}`)
      : loaded.value
  }

  test('of an ES module, the default export first', async () => {
    expect(await names('esm.ts')).toEqual(['default: first/a', 'default: first/b', 'second: second'])
  })

  test('of a CommonJS module', async () => {
    expect(await names('commonjs.cjs')).toEqual(['old: old'])
    expect(await names('assigned.cts')).toEqual(['default: assigned'])
  })

  test('one that is not valid is refused', async () => {
    expect(await names('wrong.ts')).toBe('E_DEFINITION')
  })
})

test('JSON that is large is read by Node and not compiled', async () => {
  const root = await project('experiments')
  const records = Array.from({ length: 5_000 }, (_, input) => ({ input, text: 'x'.repeat(100) }))
  await writeFile(join(root, 'large.json'), JSON.stringify({ records }))
  const source = `import whole from './large.json' with { type: 'json' }
import { records } from './large.json'
const { default: late } = await import('./large.json')
export default [whole.records.length, records[4_999].input, late === whole]`
  await writeFile(join(root, 'large.ts'), source)
  const compiled = await compile(root, 'large.ts')
  expect(await load(compiled)).toEqual({ status: 'ok', value: [5_000, 4_999, true] })
  expect(compiled.inputs).toContain(join(root, 'large.json'))
})
