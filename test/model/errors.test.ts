import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LlmobsExpError } from '../../src/model/errors.ts'
import { tempFolder } from '../helpers/temp-folder.ts'

test('an error made by another copy of this package is recognised', async () => {
  const copy = join(await tempFolder(), 'errors.ts')
  await copyFile(join(import.meta.dirname, '../../src/model/errors.ts'), copy)
  const other: typeof import('../../src/model/errors.ts') = await import(copy)

  expect(other.LlmobsExpError).not.toBe(LlmobsExpError)
  expect(new other.LlmobsExpError('E_TASK', 'no') instanceof LlmobsExpError).toBe(true)
})

test('what is no error of this package is told apart, whatever it is', () => {
  class Own extends LlmobsExpError {}
  const closed = new Proxy(new Error('no'), {
    get() {
      throw new Error('proxy')
    },
  })

  const others = [undefined, null, 'no', {}, new Error('no'), closed]
  expect(others.map((value) => value instanceof LlmobsExpError)).toEqual(others.map(() => false))
  expect(new LlmobsExpError('E_TASK', 'no') instanceof Own).toBe(false)
  expect(new Own('E_TASK', 'no') instanceof Own).toBe(true)
})
