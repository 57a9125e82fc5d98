import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { xmlAttributes, xmlText } from '../../../src/reporters/format/xml.ts'
import { drivesTerminal, hostileTexts } from '../../helpers/hostile.ts'

/** The characters that XML 1.0 can hold (production 2, Char). */
const legal = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u

describe('text in XML', () => {
  it('has no markup of its own', () => {
    expect(xmlText('a < b && "c" > \'d\' ]]>')).toBe('a &lt; b &amp;&amp; &quot;c&quot; &gt; &#x27;d&#x27; ]]&gt;')
  })

  it('shows what XML cannot hold in its place', () => {
    expect(xmlText('\u001b[2J\u0000\ud800\uffff')).toBe('␛[2J␀\ufffd\ufffd')
  })

  it('keeps line breaks, in attributes as references', () => {
    expect(xmlText('a\nb\tc\rd')).toBe('a\nb\tc&#xd;d')
    expect(xmlAttributes({ message: 'a\nb', count: 2 })).toBe(' message="a&#xa;b" count="2"')
  })

  it('always has legal characters only, and none that drives a terminal', () => {
    const anyText = fc.string({ unit: 'binary' }).map((text) => text + hostileTexts.join(''))
    fc.assert(
      fc.property(
        fc.oneof(
          anyText,
          fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) }),
        ),
        (text) => {
          const written = xmlText(text)
          expect(written).toMatch(legal)
          expect(written).not.toMatch(/[<>"']/)
          expect(written).not.toMatch(drivesTerminal)
        },
      ),
    )
  })
})
