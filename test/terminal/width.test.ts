import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { displayWidth, padEnd, takeLastColumns, truncate } from '../../src/terminal/width.ts'

describe('displayWidth', () => {
  it.each([
    ['plain', 5],
    ['', 0],
    ['naïve', 5],
    ['e\u0301', 1],
    ['日本語', 6],
    ['한국어', 6],
    ['ｆｕｌｌ', 8],
    ['ﾊﾝ', 2],
    ['👍', 2],
    ['👩‍👩‍👧‍👦', 2],
    ['🇫🇷', 2],
    ['❤️', 2],
    ['a\u200bb', 2],
    ['กำ', 1],
    ['नि', 1],
    ['\u001b[1mbold\u001b[22m', 4],
    ['┌──┐', 4],
  ])('of %j is %i', (text, width) => {
    expect(displayWidth(text)).toBe(width)
  })
})

describe('truncate', () => {
  it.each([
    ['short', 10, 'short'],
    ['exactly', 7, 'exactly'],
    ['too long', 5, 'too …'],
    ['日本語', 5, '日本…'],
    ['日本語', 4, '日…'],
    ['日本語', 6, '日本語'],
    ['👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 3, '👩‍👩‍👧‍👦…'],
    ['abc', 1, '…'],
    ['abc', 0, ''],
  ])('cuts %j to %i columns', (text, columns, expected) => {
    expect(truncate(text, columns)).toBe(expected)
  })

  it('never gives more columns than it may, and changes nothing that fits', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 60 })
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 50 }), (text, columns) => {
        const cut = truncate(text, columns)
        expect(displayWidth(cut)).toBeLessThanOrEqual(columns)
        if (displayWidth(text) <= columns) expect(cut).toBe(text)
      }),
    )
  })

  it('copes with a character of a million marks', () => {
    const zalgo = `a${'\u0301'.repeat(1_000_000)}`
    expect(displayWidth(truncate(zalgo, 10))).toBeLessThanOrEqual(10)
    expect(truncate(zalgo, 10).length).toBeLessThan(1000)
  })
})

describe('takeLastColumns', () => {
  it.each([
    ['to your card', 4, 'card'],
    ['日本語', 5, '本語'],
    ['a 👩‍👩‍👧‍👦', 2, '👩‍👩‍👧‍👦'],
    ['a 👩‍👩‍👧‍👦', 1, ''],
    ['cafe\u0301', 1, 'e\u0301'],
    ['short', 80, 'short'],
    ['none', 0, ''],
  ])('takes of %j in %i columns %j', (text, columns, expected) => {
    expect(takeLastColumns(text, columns)).toBe(expected)
  })
})

describe('padEnd', () => {
  it('fills up by columns, not by characters', () => {
    expect(padEnd('日本', 6)).toBe('日本  ')
    expect(padEnd('too long', 3)).toBe('too long')
  })
})
