import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDuration, showDuration } from '../../src/config/option-values.ts'
import { runOptions } from '../../src/config/options.ts'

describe('showDuration', () => {
  it.each([
    [1, '1ms'],
    [1500, '1500ms'],
    [30_000, '30s'],
    [600_000, '10m'],
    [3_600_000, '1h'],
    [90_000, '90s'],
  ])('writes %d as %s', (milliseconds, text) => {
    expect(showDuration(milliseconds)).toBe(text)
  })

  it('writes what is read as the same again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 - 1 }), (milliseconds) => {
        expect(parseDuration(showDuration(milliseconds))).toBe(milliseconds)
      }),
    )
  })
})

describe('show', () => {
  it('writes values for people', () => {
    expect(runOptions.maxErrors.show({ kind: 'share', percent: 1.5 })).toBe('1.5%')
    expect(runOptions.sampleSize.show(undefined)).toBe('')
    expect(runOptions.only.show(['a', 'b/c'])).toBe('a, b/c')
    expect(runOptions.tag.show([{ key: 'team', value: 'x' }])).toBe('team:x')
    expect(runOptions.quiet.show(true)).toBe('true')
  })

  it('leaves out what looks secret', () => {
    const pairs = [
      { key: 'apiKey', value: 'abc-123' },
      { key: 'maxTokens', value: '400' },
      { key: 'model', value: 'small' },
    ]
    expect(runOptions.config.show(pairs)).toBe('apiKey=***, maxTokens=400, model=small')
  })
})
