import { describe, expect, it } from 'vitest'
import { createKeyAssigner } from '../../src/datasets/assign-keys.ts'

describe('createKeyAssigner', () => {
  it('D8 numbers records whose derived key is the same in order of appearance', () => {
    const keys = createKeyAssigner()
    expect([1, 2, 3].map(() => keys.nextOrdinal('abcd'))).toEqual(['abcd', 'abcd#1', 'abcd#2'])
    expect(keys.nextOrdinal('ef01')).toBe('ef01')
    expect(keys.nextOrdinal('abcd')).toBe('abcd#3')
  })

  it('D8 numbers them without gaps among more different keys than it remembers ordinals of', () => {
    const keys = createKeyAssigner()
    const rounds = 5
    const different = 20_000
    for (let round = 0; round < rounds; round++) {
      for (let index = 0; index < different; index++) {
        const key = `key-${index}`
        expect(keys.nextOrdinal(key)).toBe(round === 0 ? key : `${key}#${round}`)
      }
    }
  })

  it('D8 refuses an id that an earlier record has', () => {
    const keys = createKeyAssigner()
    expect(keys.keepId('a')).toBe('a')
    expect(() => keys.keepId('a')).toThrow(expect.objectContaining({ key: 'a', kind: 'id' }))
  })

  it('D8 refuses an id that looks like a key that was derived, in either order', () => {
    const derivedFirst = createKeyAssigner()
    derivedFirst.nextOrdinal('abcd')
    derivedFirst.nextOrdinal('abcd')
    expect(() => derivedFirst.keepId('abcd')).toThrow(expect.objectContaining({ key: 'abcd', kind: 'id' }))
    expect(() => derivedFirst.keepId('abcd#1')).toThrow(expect.objectContaining({ key: 'abcd#1', kind: 'id' }))

    const idFirst = createKeyAssigner()
    idFirst.keepId('abcd')
    expect(() => idFirst.nextOrdinal('abcd')).toThrow(expect.objectContaining({ key: 'abcd', kind: 'derived' }))
    idFirst.keepId('ef01#1')
    idFirst.nextOrdinal('ef01')
    expect(() => idFirst.nextOrdinal('ef01')).toThrow(expect.objectContaining({ key: 'ef01#1', kind: 'derived' }))
  })
})
