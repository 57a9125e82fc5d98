import { mkdir, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { isModuleName, nearFile, nearFolder } from '../../src/files/near-path.ts'
import { tempFolder } from '../helpers/temp-folder.ts'

async function folderWith(...files: readonly string[]): Promise<string> {
  const folder = await tempFolder()
  for (const file of files) {
    await mkdir(join(folder, file, '..'), { recursive: true })
    await writeFile(join(folder, file), '')
  }
  return folder
}

const files = ['evals/triage.jsonl', 'evals/triage.ts', 'evals/deep/tickets.csv']

test.each([
  ['evals/trige.ts', 'evals/triage.ts'],
  ['evals/triage.ts', 'evals/triage.ts'],
  ['evlas/triage.ts', 'evals/triage.ts'],
  ['evlas/deep/tickts.csv', 'evals/deep/tickets.csv'],
  ['evals/triage', 'evals/triage.jsonl'],
  ['evals/something-else.txt', undefined],
  ['other/deep/tickets.csv', undefined],
])('%s most likely means %s', async (path, meant) => {
  const folder = await folderWith(...files)
  const near = nearFile(join(folder, path))
  expect(near === undefined ? undefined : relative(folder, near)).toBe(meant)
})

test('only names that come into question are suggested', async () => {
  const folder = await folderWith(...files)
  expect(nearFile(join(folder, 'evals/triage'), isModuleName)).toBe(join(folder, 'evals/triage.ts'))
  expect(nearFile(join(folder, 'evals/triage.js'), (name) => !isModuleName(name))).toBe(
    join(folder, 'evals/triage.jsonl'),
  )
})

test('a folder is suggested for a folder, and no file', async () => {
  const folder = await folderWith(...files)
  expect(nearFolder(join(folder, 'evals'))).toBe(join(folder, 'evals'))
  expect(nearFolder(join(folder, 'evals/depe'))).toBe(join(folder, 'evals/deep'))
  expect(nearFolder(join(folder, 'evals/triage.t'))).toBeUndefined()
})

test('where nothing can be listed, nothing is suggested', async () => {
  const folder = await folderWith('file')
  expect(nearFile(join(folder, 'file/below'))).toBeUndefined()
})
