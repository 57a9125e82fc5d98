import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findJsonError } from '../../src/datasets/find-json-error.ts'

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('findJsonError', () => {
  it.each([
    ['{"a":1,}', 7, 'expected a key in double quotes, got "}" after a comma'],
    ['[1,]', 3, 'expected a value, got "]" after a comma'],
    ['{"a" 1}', 5, 'expected ":", got "1"'],
    ['{"a":1', 6, 'expected "," or the end of what was begun, got the end of the line'],
    ['{"a":1]', 6, 'expected "," or the end of what was begun, got "]"'],
    ["{'a':1}", 1, 'expected a key in double quotes or "}", got "\'"'],
    ['{a:1}', 1, 'expected a key in double quotes or "}", got "a"'],
    ['[undefined]', 1, 'expected a value or "]", got "undefined"'],
    ['{"a":None}', 5, 'expected a value, got "None"'],
    ['{"a":NaN}', 5, 'expected a value, got "NaN"'],
    ['{"a":1} {"b":2}', 8, 'expected nothing after the value, got "{"'],
    ['01', 1, 'expected nothing after the value, got "1"'],
    ['"abc', 4, 'expected the end of the string from column 1, got the end of the line'],
    ['"a\tb"', 2, 'expected a control character to be escaped, got U+0009'],
    ['"a\\xb"', 2, 'expected an escape such as \\n, \\" or \\u00e9, got another'],
    ['"\\u12"', 1, 'expected an escape such as \\n, \\" or \\u00e9, got another'],
    ['\ufeff{}', 0, 'expected a value, got "\ufeff"'],
    ['', 0, 'expected a value, got the end of the line'],
  ])('finds where %j stops being JSON', (text, offset, message) => {
    expect(findJsonError(text)).toEqual({ offset, message })
  })

  it('does not overflow the stack on deep nesting', () => {
    expect(findJsonError('['.repeat(1_000_000))).toMatchObject({ offset: 1_000_000 })
  })

  it('finds an error exactly where JSON.parse does', () => {
    const nearlyJson = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.constantFrom('', ',', '}', ']', '"', ':', '\\', '0', '-', '.', 'e', ' ', '\u0001', 'é', 'null'),
        fc.nat(3),
      )
      .map(([json, at, inserted, removed]) => {
        const place = at % (json.length + 1)
        return json.slice(0, place) + inserted + json.slice(place + removed)
      })
    fc.assert(
      fc.property(fc.oneof(nearlyJson, fc.string(), fc.json()), (text) => {
        expect(findJsonError(text) === undefined).toBe(isJson(text))
      }),
      { numRuns: 2000 },
    )
  })

  it('names a place up to which the text could still have become JSON', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (json, at) => {
        const cut = json.slice(0, at % Math.max(json.length, 1))
        const fault = findJsonError(cut)
        fc.pre(fault !== undefined)
        expect(fault?.offset).toBeLessThanOrEqual(cut.length)
      }),
    )
  })
})
