import fc from 'fast-check'
import { expect, test } from 'vitest'
import { codeFrame } from '../../src/load/code-frame.ts'

const source = ['one', 'two', '\tthree = 3', 'four', 'five', 'six'].join('\n')

test('two lines stand around the marked one, with a caret under the column', () => {
  expect(`\n${codeFrame(source, 3, 2)}`).toBe(`
  1 | one
  2 | two
> 3 |   three = 3
    |   ^
  4 | four
  5 | five`)
})

test('without a column there is no caret', () => {
  expect(codeFrame('only', 1)).toBe('> 1 | only')
})

test('line numbers are aligned', () => {
  const frame = codeFrame(Array.from({ length: 12 }, (_, index) => `line ${index + 1}`).join('\r\n'), 9, 1)
  expect(frame.split('\n')[0]).toBe('   7 | line 7')
  expect(frame.split('\n').at(-1)).toBe('  11 | line 11')
})

test('a line that does not exist gives no frame', () => {
  expect(codeFrame('a', 2)).toBe('')
  expect(codeFrame('a', 0)).toBe('')
  expect(codeFrame('a', Number.NaN)).toBe('')
})

test('a long line is cut around the column', () => {
  const frame = codeFrame(`${'x'.repeat(5_000)}HERE${'y'.repeat(5_000)}`, 1, 5_001)
  const [text = '', caret = ''] = frame.split('\n')
  expect(text.length).toBeLessThan(120)
  expect(text.slice(caret.indexOf('^')).startsWith('HERE')).toBe(true)
})

test('the caret stands under its character after characters that take two columns', () => {
  expect(codeFrame('日本!', 1, 3).split('\n')[1]).toBe('    |     ^')
})

test('whatever the source holds, nothing reaches a terminal that it might act on', () => {
  const text = fc.string({
    unit: fc.constantFrom('\u001b[2J', '\u009b', '\u202e', '\r', '\b', '\0', '\ud800', '👍🏽', 'a', '\t', '\n'),
  })
  fc.assert(
    fc.property(text, fc.nat(20), fc.nat(400), (source, line, column) => {
      for (const shown of codeFrame(source.repeat(9), line, column).split('\n')) {
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/u)
      }
    }),
  )
})
