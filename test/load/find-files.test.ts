import { execFileSync } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findFiles } from '../../src/load/find-files.ts'
import { temporaryFolder } from './helpers/load.ts'

async function folderWith(...files: string[]): Promise<string> {
  const folder = await temporaryFolder()
  for (const file of files) {
    await mkdir(join(folder, file, '..'), { recursive: true })
    await writeFile(join(folder, file), '')
  }
  return folder
}

test('files come in written order, each once', async () => {
  const folder = await folderWith('b.ts', 'a.ts')
  expect(await findFiles(['b.ts', './a.ts', join(folder, 'b.ts')], folder)).toEqual([
    join(folder, 'b.ts'),
    join(folder, 'a.ts'),
  ])
})

test('globs are expanded and sorted, leave packages out, and repeat nothing', async () => {
  const folder = await folderWith('z.ts', 'e/b.ts', 'e/a.ts', 'e/a.txt', 'e/node_modules/p/x.ts')
  const found = await findFiles(['e/b.ts', 'e/**/*.ts', '{z,y}.ts'], folder)
  expect(found).toEqual([join(folder, 'e/b.ts'), join(folder, 'e/a.ts'), join(folder, 'z.ts')])
})

test('a file whose own name has glob characters is taken as it is', async () => {
  const folder = await folderWith('[id].ts', 'i.ts')
  expect(await findFiles(['[id].ts'], folder)).toEqual([join(folder, '[id].ts')])
})

test('a missing file is refused with the nearest name', async () => {
  const folder = await folderWith('e/triage.ts', 'e/other.ts')
  await expect(findFiles(['e/trige.ts'], folder)).rejects.toMatchObject({
    code: 'E_FILE_NOT_FOUND',
    message: '"e/trige.ts": there is no such file',
    hint: `did you mean ${JSON.stringify(join('e', 'triage.ts'))}?`,
  })
})

test.each([
  ['evls/deep/triage.ts', 'evals/deep/triage.ts'],
  ['evals/depe/triage.ts', 'evals/deep/triage.ts'],
  ['evls/deep/trige.ts', 'evals/deep/triage.ts'],
  ['evals/triage.ts', undefined],
  ['other/place/triage.ts', undefined],
])('a misspelt folder is seen through: %s', async (pattern, meant) => {
  const folder = await folderWith('evals/deep/triage.ts')
  const error: unknown = await findFiles([pattern], folder).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({
    code: 'E_FILE_NOT_FOUND',
    hint: meant === undefined ? undefined : `did you mean ${JSON.stringify(meant)}?`,
  })
})

test('a glob in a misspelt folder is refused with the folder that was meant', async () => {
  const folder = await folderWith('evals/deep/triage.ts')
  await expect(findFiles(['evls/**/*.ts'], folder)).rejects.toMatchObject({ hint: 'did you mean "evals/**/*.ts"?' })
  await expect(findFiles(['evals/*.js'], folder)).rejects.toMatchObject({
    hint: expect.stringContaining('the pattern was expanded in'),
  })
})

test('a name without its extension is completed to that of a module', async () => {
  const folder = await folderWith('triage.ts', 'triage.jsonl')
  await expect(findFiles(['triage'], folder)).rejects.toMatchObject({ hint: 'did you mean "triage.ts"?' })
})

test('a glob without a match is refused', async () => {
  const folder = await folderWith('a.js')
  await expect(findFiles(['*.ts'], folder)).rejects.toMatchObject({
    code: 'E_FILE_NOT_FOUND',
    message: 'no file matches "*.ts"',
  })
})

test('a folder is refused', async () => {
  const folder = await folderWith('e/a.ts')
  await expect(findFiles(['e'], folder)).rejects.toMatchObject({
    code: 'E_FILE_NOT_FOUND',
    message: '"e": expected a regular file, got a folder',
  })
})

test('an empty name is refused', async () => {
  await expect(findFiles([''], await folderWith('a.ts'))).rejects.toMatchObject({ code: 'E_FILE_NOT_FOUND' })
})

test.skipIf(process.platform === 'win32')('pipes and loops of links are refused without being opened', async () => {
  const folder = await folderWith('a.ts')
  execFileSync('mkfifo', [join(folder, 'pipe')])
  await symlink('loop', join(folder, 'loop'))
  await expect(findFiles(['pipe'], folder)).rejects.toMatchObject({ code: 'E_FILE_NOT_FOUND' })
  await expect(findFiles(['loop'], folder)).rejects.toMatchObject({ code: 'E_FILE_NOT_FOUND' })
})
