import { writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createPatternWatch } from '../../src/cli/pattern-watch.ts'
import { tempFolder } from '../helpers/temp-folder.ts'

/** Resolves with the first matches that are as wanted. */
async function matches(patterns: readonly string[], names: readonly string[], later: string): Promise<string[]> {
  const currentFolder = await tempFolder()
  for (const name of names) writeFileSync(join(currentFolder, name), '')
  return new Promise((resolve) => {
    const watch = createPatternWatch({
      patterns,
      currentFolder,
      onMatches(files) {
        const found = files.map((file) => relative(currentFolder, file))
        if (found.includes(later)) resolve(found)
        else writeFileSync(join(currentFolder, later), '')
      },
    })
    onTestFinished(watch.close)
  })
}

test('a file that a glob matches only now is found, also where it matched none before', async () => {
  expect(await matches(['*.ts', '*.mts', 'c.js'], ['a.ts', 'c.js'], 'b.mts')).toEqual(['a.ts', 'b.mts'])
})

test('a file whose own name has glob characters stands for itself', async () => {
  expect(await matches(['[id].ts', '*.js'], ['[id].ts', 'i.ts'], 'x.js')).toEqual(['[id].ts', 'x.js'])
})
