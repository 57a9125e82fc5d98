import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findDifference, findTextDifference } from '../../../src/reporters/format/difference.ts'

const difference = (expected: unknown, output: unknown) =>
  findDifference(JSON.stringify(expected), JSON.stringify(output))

/** The parts in which two texts differ. */
function parts(expected: string, output: string): [expected: string, output: string] | undefined {
  const found = findTextDifference(expected, output)
  if (found === undefined) return undefined
  return [found.expected.slice(found.start, found.expectedEnd), found.output.slice(found.start, found.outputEnd)]
}

describe('the difference of two texts', () => {
  it('is what lies between their common beginning and their common end', () => {
    expect(parts('sent to your card today', 'sent to your bank account today')).toEqual(['card', 'bank account'])
    expect(parts('sent today', 'sent to you today')).toEqual(['', ' you to'])
    expect(parts('Paris', 'Paris ')).toEqual(['', ' '])
  })

  it('takes no character apart', () => {
    expect(parts('the family 👩‍👩‍👧‍👦 is here', 'the family 👩‍👩‍👧 is here')).toEqual(['👩‍👩‍👧‍👦', '👩‍👩‍👧'])
    expect(parts('flags 🇯🇵 and 🇫🇷', 'flags 🇯🇲 and 🇫🇷')).toEqual(['🇯🇵', '🇯🇲'])
    expect(parts('a long cafe\u0301', 'a long cafe\u0300')).toEqual(['e\u0301', 'e\u0300'])
  })

  it('is none where they have little in common', () => {
    expect(difference('Canberra', 'Sydney')).toBeUndefined()
    expect(difference('yes', 'no')).toBeUndefined()
  })

  it('is named by its code points where they look the same', () => {
    expect(difference('caf\u00e9', 'cafe\u0301')).toEqual({
      kind: 'invisible',
      expected: 'U+00E9',
      output: 'U+0065 U+0301',
    })
    expect(difference('10 km', '10\u00a0km')).toEqual({ kind: 'invisible', expected: 'U+0020', output: 'U+00A0' })
  })

  it('leaves what is the same around it, whatever the texts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (expected, output) => {
        const found = findTextDifference(expected, output)
        if (found === undefined) return
        const { start, expectedEnd, outputEnd } = found
        expect(found.expected.slice(0, start)).toBe(found.output.slice(0, start))
        expect(found.expected.slice(expectedEnd)).toBe(found.output.slice(outputEnd))
        expect(start).toBeLessThanOrEqual(Math.min(expectedEnd, outputEnd))
      }),
    )
  })
})

describe('the difference of two objects', () => {
  it('is where their members differ, whatever their order', () => {
    expect(difference({ a: 1, b: { c: [1, 2] }, gone: true }, { b: { c: [1, 3, 4] }, a: 1, 'a key': null })).toEqual({
      kind: 'members',
      members: [
        { path: 'b.c[1]', expected: '2', output: '3' },
        { path: 'b.c[2]', output: '4' },
        { path: 'gone', expected: 'true' },
        { path: '["a key"]', output: 'null' },
      ],
    })
    expect(difference({ a: 1, b: 2 }, { b: 2, a: 1 })).toBeUndefined()
  })

  it('is none between values of different kinds', () => {
    expect(difference({ a: 1 }, [1])).toBeUndefined()
    expect(difference('billing', { label: 'billing' })).toBeUndefined()
    expect(difference(1, 2)).toBeUndefined()
  })

  it('is not looked for in what is very large', () => {
    expect(difference('x'.repeat(200_000), 'y'.repeat(200_000))).toBeUndefined()
  })

  it('does not stumble over names of the prototype', () => {
    expect(findDifference('{"__proto__":1,"toString":2}', '{"a":1}')).toMatchObject({
      members: [{ path: '__proto__', expected: '1' }, { path: 'toString', expected: '2' }, { path: 'a' }],
    })
  })
})
