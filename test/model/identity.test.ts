import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson, toCanonicalJson } from '../../src/model/canonical-json.ts'
import { contentHash, identifyCanonical, ordinalKey, recordKey, spanIds } from '../../src/model/identity.ts'
import { toJson } from '../../src/model/json.ts'

/** Reverses the order of all keys. */
function reverseKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(reverseKeys)
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reverseKeys(item)]),
  )
}

describe('recordKey', () => {
  it('is the id of a record that has one', () => {
    expect(recordKey('a/b', '1')).toBe('a/b')
  })

  it('is else the first 16 digits of a SHA-256 over the canonical input', () => {
    // printf '{"a":2,"b":1}' | sha256sum
    expect(recordKey(undefined, '{"b":1,"a":2}')).toBe('d3626ac30a87e6f7')
  })

  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(recordKey(undefined, toJson(reverseKeys(value)).json)).toBe(recordKey(undefined, toJson(value).json))
      }),
    )
  })

  it('has an ordinal from the second identical record on', () => {
    expect([0, 1, 2].map((ordinal) => ordinalKey('k', ordinal))).toEqual(['k', 'k#1', 'k#2'])
  })
})

describe('contentHash', () => {
  it('changes with the input, the expected output and the metadata, and with where a value stands', () => {
    const hashes = [
      { input: '1' },
      { input: '2' },
      { input: '1', expectedOutput: '1' },
      { input: '1', metadata: '1' },
      { input: '1', expectedOutput: 'null' },
      { input: '1', expectedOutput: '1', metadata: '1' },
    ].map(contentHash)
    expect(new Set(hashes).size).toBe(hashes.length)
    for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{16}$/)
  })

  it('is a hash over the canonical object of what is there', () => {
    const canonical = canonicalJson('{"metadata":{"m":1},"input":{"b":1,"a":2},"expectedOutput":[3]}')
    expect(contentHash({ metadata: '{"m":1}', input: '{"b":1,"a":2}', expectedOutput: '[3]' })).toBe(
      recordKey(undefined, canonical),
    )
  })
})

describe('identifyCanonical', () => {
  it('agrees with recordKey and contentHash for any values', () => {
    const values = fc.record({ input: fc.anything(), expectedOutput: fc.jsonValue(), metadata: fc.jsonValue() })
    fc.assert(
      fc.property(values, ({ input, expectedOutput, metadata }) => {
        const texts = [input, expectedOutput, metadata].map(toCanonicalJson)
        const [a, b, c] = texts
        if (a === undefined || b === undefined || c === undefined) throw new Error('three values give three texts')
        expect(a.json).toBe(toJson(input).json)
        expect(identifyCanonical({ input: a.canonical, expectedOutput: b.canonical, metadata: c.canonical })).toEqual({
          key: recordKey(undefined, a.json),
          contentHash: contentHash({ input: a.json, expectedOutput: b.json, metadata: c.json }),
        })
      }),
    )
  })
})

describe('spanIds', () => {
  it('has 32 and 16 hexadecimal digits, the same for the same row', () => {
    const ids = spanIds('20261122t081503-k3f9q2', 'fr', 1, 0)
    expect(ids.traceId).toMatch(/^[0-9a-f]{32}$/)
    expect(ids.spanId).toMatch(/^[0-9a-f]{16}$/)
    expect(spanIds('20261122t081503-k3f9q2', 'fr', 1, 0)).toEqual(ids)
  })

  it('differs when anything of the row does, also where numbers and keys run together', () => {
    const ids = [
      spanIds('e', 'k', 1, 0),
      spanIds('f', 'k', 1, 0),
      spanIds('e', 'l', 1, 0),
      spanIds('e', 'k', 2, 0),
      spanIds('e', 'k', 1, 1),
      spanIds('e', '0\nk', 1, 0),
      spanIds('e', 'k', 11, 0),
      spanIds('e', 'k', 1, 10),
    ]
    expect(new Set(ids.map(({ traceId }) => traceId)).size).toBe(ids.length)
    expect(new Set(ids.map(({ spanId }) => spanId)).size).toBe(ids.length)
  })
})
