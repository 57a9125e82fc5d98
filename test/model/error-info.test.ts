import { expect, test } from 'vitest'
import { fromErrorInfo, toErrorInfo } from '../../src/model/error-info.ts'
import { LlmobsExpError } from '../../src/model/errors.ts'

test('an error that went through plain data and back is the same, with the names of its causes', () => {
  const root = new RangeError('too far')
  const middle = new LlmobsExpError('E_DATASET_FILE', 'no file', { hint: 'look', location: { file: 'a' }, cause: root })
  const info = toErrorInfo('E_INTERNAL', new LlmobsExpError('E_DATASET_RECORD', 'no record', { cause: middle }))

  const again = toErrorInfo('E_INTERNAL', fromErrorInfo(info))
  expect(again).toMatchObject({ code: 'E_DATASET_RECORD', name: 'LlmobsExpError' })
  expect(again.cause).toMatchObject({ code: 'E_DATASET_FILE', name: 'LlmobsExpError', hint: 'look' })
  expect(again.cause?.cause).toMatchObject({ name: 'RangeError', message: 'too far', stack: root.stack })
})
