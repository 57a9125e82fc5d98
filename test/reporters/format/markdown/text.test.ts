import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { code, codeBlock, codeCell } from '../../../../src/reporters/format/markdown/text.ts'
import { drivesTerminal, hostileTexts } from '../../../helpers/hostile.ts'

describe('data in Markdown', () => {
  it.each([
    ['plain', '`plain`'],
    ['', '–'],
    ['a `b`', '`` a `b` ``'],
    ['```', '```` ``` ````'],
    ['<img src=x onerror=alert(1)>', '`<img src=x onerror=alert(1)>`'],
    ['@everyone ![x](http://evil.example/x.png)', '`@everyone ![x](http://evil.example/x.png)`'],
    ['one\n\n# two', '`one # two`'],
  ])('%j is a code span', (text, written) => {
    expect(code(text)).toBe(written)
  })

  it('never ends the cell of a table', () => {
    expect(codeCell('a|b')).toBe('`a\\|b`')
    expect(codeCell('a\\|b')).toBe('`a\\¦b`')
  })

  it('stays within its code span, whatever it is', () => {
    const markup = fc.array(
      fc.constantFrom('`', '``', '|', '\\', '\n', '<b>', '@user', '[x](y)', ' ', 'é', ...hostileTexts),
    )
    fc.assert(
      fc.property(markup, (parts) => {
        const written = codeCell(parts.join(''))
        expect(written).not.toMatch(drivesTerminal)
        expect(written).not.toMatch(/[\n\r]|(?<!\\)\||\\\\\|/)
        if (written === '–') return
        const [, fence = '', inner = ''] = /^(`+)(.*[^`])\1$/.exec(written) ?? []
        expect(fence).not.toBe('')
        const runs = Array.from(inner.matchAll(/`+/g), ([run]) => run.length)
        expect(runs).not.toContain(fence.length)
      }),
      { numRuns: 1000 },
    )
  })

  it('cannot end a block of code', () => {
    expect(codeBlock(['```', 'a\nb'], 'sh')).toBe('````sh\n```\na b\n````\n')
  })
})
