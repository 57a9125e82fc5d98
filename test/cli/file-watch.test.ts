import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createFileWatch, type FileWatch } from '../../src/cli/file-watch.ts'
import { useFiles } from '../../src/load/used-files.ts'
import { tempFolder } from '../helpers/temp-folder.ts'

interface Watching {
  readonly watch: FileWatch
  readonly folder: string
  write(name: string, text: string): void
  /** Resolves when these files, and no others, are changed. */
  becomes(...names: readonly string[]): Promise<void>
}

async function watching(names: readonly string[], files: { readonly [name: string]: string } = {}): Promise<Watching> {
  const folder = await tempFolder()
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)
  for (const [name, text] of Object.entries(files)) write(name, text)
  let look = (): void => {}
  const watch = createFileWatch(() => look())
  onTestFinished(watch.close)
  watch.know(useFiles(names.map((name) => join(folder, name))))
  return {
    watch,
    folder,
    write,
    becomes: (...wanted) =>
      new Promise((resolve) => {
        const isSo = (): boolean => String(watch.changed()) === String(wanted.map((name) => join(folder, name)))
        // Nobody is told that nothing is changed any more.
        const timer = setInterval(() => look(), 10)
        look = () => {
          if (!isSo()) return
          clearInterval(timer)
          resolve()
        }
      }),
  }
}

describe('a file watch', () => {
  test.each<[string, (path: string) => void]>([
    ['written', (path) => writeFileSync(path, 'new')],
    ['appended to', (path) => appendFileSync(path, 'new')],
    ['deleted', (path) => rmSync(path)],
    [
      'replaced by a folder',
      (path) => {
        rmSync(path)
        mkdirSync(path)
      },
    ],
    [
      'replaced by another file',
      (path) => {
        writeFileSync(`${path}.tmp`, 'new')
        renameSync(`${path}.tmp`, path)
      },
    ],
    [
      'written with the same length and time',
      (path) => {
        writeFileSync(path, 'odl')
        utimesSync(path, 1, 1)
      },
    ],
  ])('tells of a file that is %s', async (_how, change) => {
    const { becomes, folder } = await watching(['a', 'b'], { a: 'old', b: 'old' })
    utimesSync(join(folder, 'a'), 1, 1)
    change(join(folder, 'a'))
    await becomes('a')
  })

  test.each<[string, (folder: string, text: string) => void]>([
    ['writing it in place', (folder, text) => writeFileSync(join(folder, 'lib/a'), text)],
    [
      'moving it away and making a new one',
      (folder, text) => {
        renameSync(join(folder, 'lib/a'), join(folder, 'lib/a~'))
        writeFileSync(join(folder, 'lib/a'), text)
      },
    ],
    [
      'emptying it first',
      (folder, text) => {
        writeFileSync(join(folder, 'lib/a'), '')
        writeFileSync(join(folder, 'lib/a'), text)
      },
    ],
    [
      'removing its folder and making a new one',
      (folder, text) => {
        rmSync(join(folder, 'lib'), { recursive: true })
        mkdirSync(join(folder, 'lib'))
        writeFileSync(join(folder, 'lib/a'), text)
      },
    ],
    [
      'moving its folder away and another one there',
      (folder, text) => {
        mkdirSync(join(folder, 'new'))
        writeFileSync(join(folder, 'new/a'), text)
        rmSync(join(folder, 'old'), { recursive: true, force: true })
        renameSync(join(folder, 'lib'), join(folder, 'old'))
        renameSync(join(folder, 'new'), join(folder, 'lib'))
      },
    ],
  ])('tells of a file that is saved by %s, each time', async (_how, save) => {
    const { watch, folder, becomes } = await watching([])
    mkdirSync(join(folder, 'lib'))
    writeFileSync(join(folder, 'lib/a'), 'old')
    watch.know(useFiles([join(folder, 'lib/a')]))
    for (const text of ['new', 'newer', 'newest']) {
      save(folder, text)
      await becomes('lib/a')
      await watch.settled()
      watch.acknowledge()
    }
  })

  test('tells of a file that appears, also in a folder that was not there', async () => {
    const { becomes, folder, write } = await watching(['a', 'deep/er/b'])
    write('a', '')
    await becomes('a')
    mkdirSync(join(folder, 'deep/er'), { recursive: true })
    write('deep/er/b', '')
    await becomes('a', 'deep/er/b')
  })

  test('tells of the target of a link, which lies elsewhere', async () => {
    const elsewhere = join(await tempFolder(), 'target')
    writeFileSync(elsewhere, 'old')
    const { watch, folder, becomes } = await watching([])
    symlinkSync(elsewhere, join(folder, 'link'))
    watch.know(useFiles([join(folder, 'link')]))
    writeFileSync(elsewhere, 'new')
    await becomes('link')
  })

  test('tells nothing of a change that was taken back', async () => {
    const { becomes, write } = await watching(['a'], { a: 'old' })
    write('a', 'new')
    await becomes('a')
    write('a', 'old')
    await becomes()
  })

  test('tells of what has changed between use and watch', async () => {
    const { watch, folder, becomes, write } = await watching([], { a: 'old' })
    const used = useFiles([join(folder, 'a')])
    write('a', 'new')
    watch.know(used)
    await becomes('a')
  })

  test('takes a file that is discovered for a new one, and one that it knows for what it is', async () => {
    const { watch, folder, becomes } = await watching(['a'], { a: '', b: '' })
    watch.discover(['a', 'b'].map((name) => join(folder, name)))
    await becomes('b')
  })

  test('takes changes for known when told so, and goes on from there', async () => {
    const { watch, becomes, write } = await watching(['a'], { a: 'old' })
    write('a', 'new')
    await becomes('a')
    watch.acknowledge()
    expect(watch.changed()).toEqual([])
    write('a', 'old')
    await becomes('a')
  })

  test('forgets what is not used any more, and counts what is there', async () => {
    const { watch, folder, becomes, write } = await watching(['a', 'b', 'c'], { a: '', b: '' })
    expect(watch.count).toBe(2)
    write('a', 'new')
    await becomes('a')
    watch.keepOnly(new Set([join(folder, 'b')]))
    expect(watch.changed()).toEqual([])
    expect(watch.count).toBe(1)
  })
})
