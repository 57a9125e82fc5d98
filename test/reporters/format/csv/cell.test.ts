import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvCell } from '../../../../src/reporters/format/csv/cell.ts'

describe('a cell of CSV', () => {
  it.each([
    ['=HYPERLINK("http://evil.example","x")', `"'=HYPERLINK(""http://evil.example"",""x"")"`],
    ['+1', "'+1"],
    ['-1+1', "'-1+1"],
    ['@x', "'@x"],
    ['-Infinity', "'-Infinity"],
    ['\t=1', `"'\t=1"`],
    ['\tx', `"'\tx"`],
    ['\r=1', `"\r'=1"`],
    ['\u00a0=1', "'\u00a0=1"],
    ['\u200b\ufeff=1', "'\u200b\ufeff=1"],
    ['＝1+1', "'＝1+1"],
    ['safe\n=cmd()\r\n-x', `"safe\n'=cmd()\r\n'-x"`],
    ['a;=1', '"a;=1"'],
  ])('D16: %j is no formula', (text, cell) => {
    expect(csvCell(text)).toBe(cell)
  })

  it.each([['-1'], ['0'], ['3.25'], ['-1.5e-7'], ['plain'], ['a=b'], ["'quoted'"], ['']])(
    'D16: %j stays as it is',
    (text) => {
      expect(csvCell(text)).toBe(text)
    },
  )

  it('never is a formula, in any of its lines, whatever it is', () => {
    const parts = fc.array(
      fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', ' ', '\u00a0', '\u200b', '"', ',', ';', '1', 'x', '\u0000'),
    )
    fc.assert(
      fc.property(parts, (texts) => {
        const text = texts.join('')
        const cell = csvCell(text)
        const value = cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell
        if (value === text && /^-?\d+$/.test(text)) return
        for (const line of value.split(/\r\n|\n|\r/)) expect(line).not.toMatch(/^(?:\t|[\s\u00a0\u200b\u2400]*[=+\-@])/)
      }),
      { numRuns: 2000 },
    )
  })
})
