import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { displayWidth } from '../../src/terminal/width.ts'
import { excerpt, indent } from '../../src/terminal/wrap.ts'

describe('excerpt', () => {
  it('breaks after words and shows that something was cut', () => {
    const text = 'The quick brown fox jumps over the lazy dog and runs away'
    expect(excerpt(text, { columns: 20, lines: 2 })).toEqual(['The quick brown fox', 'jumps over the lazy…'])
  })

  it('breaks inside of what has no words', () => {
    expect(excerpt('a'.repeat(12), { columns: 5, lines: 3 })).toEqual(['aaaaa', 'aaaaa', 'aa'])
  })

  it('breaks scripts without spaces where the line is full', () => {
    expect(excerpt('お客様から 二重に届きました', { columns: 20, lines: 2 })).toEqual([
      'お客様から 二重に届',
      'きました',
    ])
  })

  it('makes one line of line breaks and tabs', () => {
    expect(excerpt(' a\n\n\tb ', { columns: 20, lines: 2 })).toEqual(['a b'])
  })

  it('takes no longer for a text of 100 MB', () => {
    const text = Buffer.alloc(100_000_000, 'x').toString('latin1')
    const before = process.cpuUsage()
    expect(excerpt(text, { columns: 20, lines: 2 })).toEqual(['x'.repeat(20), `${'x'.repeat(19)}…`])
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(100)
  })

  it('never gives more lines or columns than it may', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 4 }),
        (text, columns, lines) => {
          const result = excerpt(text, { columns, lines })
          expect(result.length).toBeLessThanOrEqual(lines)
          for (const line of result) expect(displayWidth(line)).toBeLessThanOrEqual(columns)
        },
      ),
    )
  })
})

describe('indent', () => {
  it('leaves empty lines empty', () => {
    expect(indent('a\n\nb', 2)).toBe('  a\n\n  b')
  })
})
