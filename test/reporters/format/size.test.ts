import { expect, it } from 'vitest'
import { formatSize } from '../../../src/reporters/format/size.ts'

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.00 KB'],
  [12_345, '12.3 KB'],
  [99_960, '100 KB'],
  [999_499, '999 KB'],
  [999_500, '1.00 MB'],
  [1_234_567_890, '1.23 GB'],
  [Number.MAX_SAFE_INTEGER, '9.01 PB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatSize(bytes)).toBe(text)
})
