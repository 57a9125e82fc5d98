import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sanitize, sanitizeLine } from '../../src/terminal/sanitize.ts'
import { drivesTerminal, hostileTexts } from '../helpers/hostile.ts'

describe('sanitize', () => {
  it('leaves text that a terminal only shows as it is', () => {
    const text = 'plain, naïve, 日本語, 👩‍👩‍👧, שלום, tab\tand\nnewline'
    expect(sanitize(text)).toBe(text)
  })

  it.each([
    ['a colour', '\u001b[31mred\u001b[0m', 'red'],
    ['a cleared screen', 'a\u001b[2Jb', 'ab'],
    ['a device report', 'a\u001b[6nb', 'ab'],
    ['a private mode', '\u001b[?25lhidden', 'hidden'],
    ['an 8-bit CSI', 'a\u009b2Jb', 'ab'],
    ['a clipboard write', 'a\u001b]52;c;cm0gLXJm\u0007b', 'ab'],
    ['a link', '\u001b]8;;http://evil\u001b\\text\u001b]8;;\u001b\\', 'text'],
    ['a title with an 8-bit end', '\u009d0;title\u009cb', 'b'],
    ['a device control string', 'a\u001bPq#0;2\u001b\\b', 'ab'],
    ['an application command', 'a\u001b_payload\u001b\\b', 'ab'],
    ['a privacy message', 'a\u001b^payload\u001b\\b', 'ab'],
    ['a start of string', 'a\u001bXpayload\u001b\\b', 'ab'],
    ['a reset', 'a\u001bcb', 'ab'],
    ['a character set', 'a\u001b(0b', 'ab'],
    ['an escape at the end', 'a\u001b', 'a'],
    ['a carriage return', 'good\rbad\r\n', 'goodbad\n'],
    ['backspaces', 'ab\b\bc', 'abc'],
    ['NUL, BEL and DEL', 'a\u0000b\u0007c\u007f', 'abc'],
    ['a reversed text', 'a\u202eb\u2066c\u200fd', 'abcd'],
    ['a lone surrogate', 'a\ud800b', 'a\ufffdb'],
  ])('removes %s', (_name, hostile, safe) => {
    expect(sanitize(hostile)).toBe(safe)
  })

  it('keeps the text of an unterminated OSC, which a terminal would swallow', () => {
    expect(sanitize('a\u001b]0;title without end')).toBe('a0;title without end')
  })

  it('does not put two harmless halves together into a sequence', () => {
    expect(sanitize('\u001b\u001b[31m[2Jx')).not.toContain('\u001b')
  })

  it('leaves nothing that a terminal acts upon, whatever the text', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.constantFrom(
        '\u001b',
        '[',
        ']',
        'P',
        '\\',
        '\u0007',
        '\u009b',
        '\u009d',
        '\u009c',
        '31m',
        '2J',
        '\u202e',
        '\ud83d',
      ),
      fc.constantFrom(...hostileTexts),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const safe = sanitize(pieces.join(''))
        expect(safe).not.toMatch(drivesTerminal)
        expect(sanitize(safe)).toBe(safe)
      }),
      { numRuns: 2000 },
    )
  })

  it('keeps every printable character of text without control characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'abc [];\\^_PX~é日👍\n\t') }), (text) => {
        expect(sanitize(text)).toBe(text)
      }),
    )
  })

  it.each([
    ['introducers', '\u009d'],
    ['unterminated sequences', '\u001b]0;a'],
    ['unfinished colours', '\u001b[1;'],
  ])('takes time linear in a text full of %s', (_name, unit) => {
    const timeOf = (count: number) => {
      const text = unit.repeat(count)
      // Not the clock's time, in which other processes have a share.
      const before = process.cpuUsage()
      sanitize(text)
      return process.cpuUsage(before).user / 1000
    }
    timeOf(1000)
    // Quadratic time would make the larger one 400 times as long.
    expect(timeOf(400_000)).toBeLessThan(Math.max(timeOf(20_000), 5) * 100)
  })
})

describe('sanitizeLine', () => {
  it('makes one line of several', () => {
    expect(sanitizeLine('a\r\n\n\tb\u2028c\u001b[1m')).toBe('a b c')
  })
})
