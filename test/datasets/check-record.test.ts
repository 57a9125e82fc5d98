import { describe, expect, it } from 'vitest'
import { checkRecord } from '../../src/datasets/check-record.ts'

function messageOf(value: unknown): string {
  const item = checkRecord(value)
  return item.status === 'invalid' ? item.problem.message : 'a record'
}

describe('checkRecord', () => {
  it.each([
    { input: 0 },
    { input: null },
    { id: 'x'.repeat(4096), input: '', expectedOutput: null, metadata: [], tags: ['a:b:c', 'url:https://x'] },
    { id: undefined, input: {}, expectedOutput: undefined, metadata: undefined, tags: undefined },
    Object.freeze({ input: 1 }),
  ])('takes a record and gives the same object back: %#', (record) => {
    expect(checkRecord(record)).toEqual({ status: 'record', record })
  })

  it.each(['../../x', 'CON', 'a/b', '🎉', 'x\u0000y', 'a'.repeat(4096), '__proto__'])(
    'D14 keeps the id %j as data',
    (id) => {
      expect(checkRecord({ id, input: 1 })).toEqual({ status: 'record', record: { id, input: 1 } })
    },
  )

  it.each([
    [null, 'expected a record such as { input, expectedOutput }, got null'],
    [[], 'expected a record such as { input, expectedOutput }, got an empty array'],
    ['a', 'expected a record such as { input, expectedOutput }, got "a"'],
    [Promise.resolve(), 'expected a record such as { input, expectedOutput }, got a promise'],
    [{}, 'expected a record with an input, got one without'],
    [{ input: undefined }, 'input: expected a value, got undefined'],
    [{ input: () => 1 }, 'input: expected a value that can be kept as JSON, got a function'],
    [{ input: 1, id: '' }, 'id: expected a string that is not empty, got ""'],
    [{ input: 1, id: 7 }, 'id: expected a string, got the number 7'],
    [{ input: 1, id: 'x'.repeat(4097) }, 'id: expected at most 4096 characters, got 4097'],
    [{ input: 1, id: 'a\ud800' }, 'id: expected well-formed Unicode, got a lone surrogate in "a\\ud800"'],
    [{ input: 1, tags: 'a:b' }, 'tags: expected an array of "key:value" strings, got "a:b"'],
    [{ input: 1, tags: ['a:b', 'c'] }, 'tags[1]: expected a "key:value" string, got "c"'],
    [{ input: 1, tags: [':b'] }, 'tags[0]: expected a "key:value" string, got ":b"'],
    [{ input: 1, tags: new Array(1) }, 'tags[0]: expected a "key:value" string, got undefined'],
  ])('refuses what is no record and says why: %#', (value, message) => {
    expect(messageOf(value)).toBe(message)
  })

  it.each([
    ['expected', 'expectedOutput'],
    ['output', 'expectedOutput'],
    ['expected_output', 'expectedOutput'],
    ['expectedOuput', 'expectedOutput'],
    ['metdata', 'metadata'],
    ['tag', 'tags'],
  ])('asks whether "%s" was to be "%s"', (key, meant) => {
    expect(messageOf({ input: 1, [key]: 2 })).toMatch(new RegExp(`got "${key}"; did you mean "${meant}"\\?$`))
  })

  it('D7 refuses __proto__ as a key of the record itself', () => {
    expect(messageOf(JSON.parse('{"input":1,"__proto__":{"input":2}}'))).toContain('got "__proto__"')
  })

  it('says so when a record cannot even be looked at', () => {
    const hostile = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no')
        },
      },
    )
    expect(messageOf(hostile)).toBe('expected a record that can be read, got one that throws')
  })

  it('shows nothing of an unknown key that could move the cursor or hide', () => {
    expect(messageOf({ input: 1, '\u001b[2J\u202ekey': 2 })).toContain('got "\\u001b[2J\\u202ekey"')
  })
})
