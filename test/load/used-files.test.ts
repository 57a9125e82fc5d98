import { readFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compileModule } from '../../src/load/compile.ts'
import { readFileState, type UsedFile } from '../../src/load/used-files.ts'
import { tempFolder } from '../helpers/temp-folder.ts'
import { packageEntry } from './helpers/load.ts'

/** Compiles `exp.ts` in a folder with these files and gives what it depends on, names from the folder on. */
async function used(files: { readonly [path: string]: string }): Promise<Map<string, string>> {
  const folder = await tempFolder()
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text)
  const told: UsedFile[] = []
  await compileModule(join(folder, 'exp.ts'), {
    cacheFolder: join(folder, '.cache'),
    packageEntry,
    onFiles: (more) => told.push(...more),
  }).catch(() => {})
  return new Map(told.map(({ path, state }) => [path.replace(`${folder}/`, ''), state]))
}

describe('a compilation', () => {
  const files = {
    'exp.ts': "import { a } from './a'\nexport default a\n",
    'a.ts': 'export const a = 1\n',
    'package.json': '{}',
    'tsconfig.json': '{}',
  }

  test('tells its sources and settings, and where a file would have been taken first', async () => {
    const told = await used(files)
    expect([...told.keys()]).toEqual(expect.arrayContaining(Object.keys(files)))
    expect(told.get('a')).toBe('absent')
  })

  test('tells the same when the output is there already', async () => {
    const folder = await tempFolder()
    for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text)
    const compileOnce = async () => {
      const told: UsedFile[] = []
      const options = {
        cacheFolder: join(folder, '.cache'),
        packageEntry,
        onFiles: (f: readonly UsedFile[]) => told.push(...f),
      }
      await compileModule(join(folder, 'exp.ts'), options)
      return told
    }
    expect(await compileOnce()).toEqual(await compileOnce())
  })

  test('tells its sources also when one of them does not compile', async () => {
    const told = await used({ ...files, 'a.ts': 'export const a = {{\n' })
    expect([...told.keys()]).toEqual(expect.arrayContaining(['exp.ts', 'a.ts']))
  })

  test.each([
    ['./b', ['b.ts', 'b/index.ts']],
    ['./b.js', ['b.js', 'b.ts', 'b.tsx']],
    ['missing-package', ['node_modules/missing-package']],
  ])('that cannot find %s tells where it would be found', async (specifier, places) => {
    const told = await used({ ...files, 'exp.ts': `import '${specifier}'\n` })
    expect(places.map((place) => told.get(place))).toEqual(places.map(() => 'absent'))
  })
})

describe('the state of a file', () => {
  test('is that of its bytes, whatever its time', async () => {
    const path = join(await tempFolder(), 'data.jsonl')
    writeFileSync(path, 'one')
    const before = readFileState(path)
    utimesSync(path, 1, 1)
    expect(readFileState(path)).toBe(before)
    writeFileSync(path, 'two')
    expect(readFileState(path)).not.toBe(before)
    expect(readFileSync(path, 'utf8')).toBe('two')
  })

  test('is that of its size and time where it is large', async () => {
    const path = join(await tempFolder(), 'large.jsonl')
    writeFileSync(path, '')
    truncateSync(path, 40 * 1024 * 1024)
    const before = readFileState(path)
    expect(readFileState(path)).toBe(before)
    utimesSync(path, 1, 1)
    expect(readFileState(path)).not.toBe(before)
  })

  test('tells a file, none, and a folder apart', async () => {
    const folder = await tempFolder()
    writeFileSync(join(folder, 'file'), '')
    const states = ['file', 'none', '.', 'file/none'].map((name) => readFileState(join(folder, name)))
    expect(new Set(states).size).toBe(3)
    expect(states[1]).toBe(states[3])
  })
})
