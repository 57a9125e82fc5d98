import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyConfig, findDoubtfulKeys } from '../../src/config/apply-config.ts'
import { LlmobsExpError } from '../../src/model/errors.ts'

function apply(config: string, ...assignments: string[]): string {
  const pairs = assignments.map((text) => {
    const at = text.indexOf('=')
    return { key: text.slice(0, at), value: text.slice(at + 1) }
  })
  return applyConfig(config, pairs, '--config')
}

function refusal(act: () => unknown): LlmobsExpError {
  try {
    act()
  } catch (error) {
    if (error instanceof LlmobsExpError && error.code === 'E_OPTION') return error
    throw error
  }
  throw new Error('not refused')
}

describe('applyConfig', () => {
  it('reads a value as JSON where it is JSON, else as a text', () => {
    const config = apply('null', 'a=1', 'b=true', 'c=null', 'd=[1,{"x":"y"}]', 'e=large-2', 'f=', 'g="1"', 'h=NaN')
    expect(JSON.parse(config)).toEqual({
      a: 1,
      b: true,
      c: null,
      d: [1, { x: 'y' }],
      e: 'large-2',
      f: '',
      g: '1',
      h: 'NaN',
    })
  })

  it('keeps numbers that would not come back exactly as texts', () => {
    const config = apply('{}', 'id=12345678901234567890', 'huge=1e999', 'most=9007199254740991')
    expect(config).toBe('{"id":"12345678901234567890","huge":"1e999","most":9007199254740991}')
  })

  it('reaches into objects with dots, and makes those that are missing', () => {
    expect(apply('{"limits":{"tokens":1,"cost":2}}', 'limits.tokens=5', 'limits.time.max=9')).toBe(
      '{"limits":{"tokens":5,"cost":2,"time":{"max":9}}}',
    )
  })

  it('prefers a key that has the dot in it', () => {
    expect(apply('{"gpt-4.1":1}', 'gpt-4.1=2')).toBe('{"gpt-4.1":2}')
  })

  it('lets the last of several assignments win', () => {
    expect(apply('{"a":1}', 'a=2', 'a=3')).toBe('{"a":3}')
  })

  it('leaves a config alone that nothing is assigned to', () => {
    expect(apply('[1]')).toBe('[1]')
  })

  it('refuses a key the config does not have, with the nearest one', () => {
    const error = refusal(() => apply('{"model":"small","temperature":0}', 'modle=large'))
    expect(error.message).toBe('--config: expected a key of the definition\'s config (model, temperature), got "modle"')
    expect(error.hint).toBe('did you mean "model"?')
  })

  it('takes any key when the definition has no config', () => {
    expect(apply('null', 'model=large')).toBe('{"model":"large"}')
    expect(apply('{}', 'model=large')).toBe('{"model":"large"}')
    expect(apply('{}', 'model=large', 'other=1')).toBe('{"model":"large","other":1}')
  })

  it.each(['__proto__.polluted', 'a.__proto__.polluted', 'constructor.prototype.polluted', 'a.prototype.x'])(
    'refuses the key %s',
    (key) => {
      expect(refusal(() => apply('null', `${key}=1`)).message).toContain(`got ${JSON.stringify(key)}`)
      expect(Reflect.get({}, 'polluted')).toBeUndefined()
    },
  )

  it.each(['.a', 'a.', 'a..b'])('refuses the key %s, which has an empty part', (key) => {
    expect(refusal(() => apply('null', `${key}=1`)).message).toContain('expected a key without empty parts')
  })

  it.each([
    ['{"a":1}', 'a number'],
    ['{"a":"x"}', 'a string'],
    ['{"a":[{"b":1}]}', 'an array'],
  ])('refuses to reach through what is no object: %s', (config, got) => {
    expect(refusal(() => apply(config, 'a.b=1')).message).toBe(`--config: expected an object at "a", got ${got}`)
  })

  it('refuses to assign to a config that is no object', () => {
    expect(refusal(() => apply('[1]', 'a=1')).message).toContain('got an array')
  })

  it('changes only the key it is told to', () => {
    const plain = fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.jsonValue(), { minKeys: 1 })
    fc.assert(
      fc.property(plain, fc.jsonValue(), fc.nat(), (config, value, pick) => {
        const keys = Object.keys(config)
        const key = keys[pick % keys.length] ?? ''
        const got = JSON.parse(applyConfig(JSON.stringify(config), [{ key, value: JSON.stringify(value) }], '--config'))
        for (const other of keys) {
          if (other !== key) expect(JSON.stringify(got[other])).toBe(JSON.stringify(config[other]))
        }
        expect(Object.keys(got)).toEqual(keys)
      }),
    )
  })
})

describe('findDoubtfulKeys', () => {
  const find = (...keys: string[]) =>
    findDoubtfulKeys(
      '{"model":"a","limits":{"tokens":1,"per":{"minute":2}}}',
      keys.map((key) => ({ key, value: '1' })),
    )

  it('finds a new key that looks like one beside it', () => {
    expect(find('limits.token', 'limits.pre.minute', 'limits.per.minutes')).toEqual([
      { key: 'limits.token', near: 'limits.tokens' },
      { key: 'limits.pre.minute', near: 'limits.per.minute' },
      { key: 'limits.per.minutes', near: 'limits.per.minute' },
    ])
  })

  it('says nothing of keys that are there, and of those that are like none', () => {
    expect(find('model', 'limits.tokens', 'limits.cost', 'limits.per.hour.max', 'model.x')).toEqual([])
  })
})
