import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSeenKeys } from '../../src/datasets/seen-keys.ts'

const MILLION = 1_000_000

describe('createSeenKeys', () => {
  it('remembers a key and the kind under which it came first', () => {
    const seen = createSeenKeys()
    expect(seen.kindOf('a')).toBeUndefined()
    expect(seen.add('a', 'id')).toBeUndefined()
    expect(seen.add('b', 'derived')).toBeUndefined()
    expect(seen.add('a', 'derived')).toBe('id')
    expect(seen.add('b', 'id')).toBe('derived')
    expect(seen.kindOf('a')).toBe('id')
    expect(seen.kindOf('c')).toBeUndefined()
  })

  it('behaves like a Map, whatever the keys', () => {
    const keys = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('', '0', '\u0000', '\u0000\u0000', '__proto__'),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(keys, fc.constantFrom('id' as const, 'derived' as const))), (additions) => {
        const seen = createSeenKeys()
        const model = new Map<string, 'id' | 'derived'>()
        for (const [key, kind] of additions) {
          expect(seen.add(key, kind)).toBe(model.get(key))
          if (!model.has(key)) model.set(key, kind)
        }
        for (const [key, kind] of model) expect(seen.kindOf(key)).toBe(kind)
      }),
    )
  })

  it.each([
    ['numbered ids', (index: number) => `record-${index}`],
    ['padded numbers', (index: number) => String(index).padStart(12, '0')],
    ['hexadecimal keys', (index: number) => index.toString(16).padStart(16, '0')],
    ['ordinals', (index: number) => `00ff00ff00ff00ff#${index}`],
    ['keys in another script', (index: number) => `レコード${index}`],
  ])('takes no two of a million %s for one, in at most 16 bytes a key', (_name, makeKey) => {
    const seen = createSeenKeys()
    let taken = 0
    for (let index = 0; index < MILLION; index++) if (seen.add(makeKey(index), 'id') !== undefined) taken++
    expect(taken).toBe(0)
    expect(seen.bytes / MILLION).toBeLessThanOrEqual(16)
    for (let index = 0; index < MILLION; index += 997) expect(seen.kindOf(makeKey(index))).toBe('id')
  })
})
