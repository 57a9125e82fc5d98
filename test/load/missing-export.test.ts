import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { findMissingExport, findName } from '../../src/load/missing-export.ts'
import { temporaryFolder } from './helpers/load.ts'

const says = (url: string, name: string): string =>
  `The requested module '${url}' does not provide an export named '${name}'`

test.each([
  ['export const answer = 1', 'answer'],
  ['export async function answer() {}', 'answer'],
  ['export class Answer {}', 'Answer'],
  ['const a = 1, b = 2\nexport {\n  a as answer,\n  b,\n}', 'answer'],
  ['export default 1', undefined],
])('an export that %j may have meant is named', async (text, near) => {
  const file = join(await temporaryFolder(), 'module.mjs')
  await writeFile(file, text)
  const url = pathToFileURL(file).href
  expect(findMissingExport(says(url, 'anser'), '/tool/src/')).toEqual({ name: 'anser', module: file, near })
})

test.each([
  ['file:///tool/dist/index.js', 'llmobs-exp'],
  ['file:///tool/dist/contracts.js', 'llmobs-exp/contracts'],
  ['file:///app/node_modules/zod/lib/index.js', 'zod'],
  ['file:///app/node_modules/@scope/name/dist/index.js', '@scope/name'],
  ['file:///app/dist/index.js', '/app/dist/index.js'],
  ['node:fs', 'node:fs'],
])('%s is imported as %s', (url, module) => {
  expect(findMissingExport(says(url, 'x'), '/tool/dist/')?.module).toBe(module)
})

test('any other message is none of a missing export', () => {
  expect(findMissingExport('Unexpected token', '/tool/dist/')).toBeUndefined()
})

test('a name is found as a word of its own', () => {
  expect(findName('const answers = 1\nimport { $x, answer } from "./a"', 'answer')).toEqual({ line: 2, column: 14 })
  expect(findName('import { $x } from "./a"', '$x')).toEqual({ line: 1, column: 10 })
  expect(findName('nothing', '$x')).toBeUndefined()
})
