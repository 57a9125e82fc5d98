import { expect, test } from 'vitest'
import { isCi } from '../../src/terminal/ci.ts'

test.each([
  [undefined, false],
  ['', false],
  ['false', false],
  ['0', false],
  ['true', true],
  ['1', true],
  ['woodpecker', true],
])('CI=%s is a CI: %s', (CI, expected) => {
  expect(isCi(CI === undefined ? {} : { CI })).toBe(expected)
})
