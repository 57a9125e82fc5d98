import { describe, expect, it } from 'vitest'
import { createMask, isSecretName, maskConfig, maskJson } from '../../src/config/secrets.ts'

describe('isSecretName', () => {
  it.each([
    'OPENAI_API_KEY',
    'GITHUB_TOKEN',
    'db_password',
    'AWS_SECRET_ACCESS',
    'authorization',
    'Authorisation',
    'PROXY_AUTH',
    'Cookie',
  ])('%s is', (name) => {
    expect(isSecretName(name)).toBe(true)
  })

  it.each(['LLMOBS_EXP_JOBS', 'HOME', 'model', 'GIT_AUTHOR_NAME'])('%s is not', (name) => {
    expect(isSecretName(name)).toBe(false)
  })
})

describe('createMask', () => {
  const mask = createMask({
    API_KEY: 'value-of-a-key',
    DB_PASSWORD: 'value-of-a-key-and-more',
    SHORT_KEY: 'abc',
    HOME: '/home/somebody',
  })

  it('takes out the values of secret-looking variables, the longest first', () => {
    expect(mask('with value-of-a-key-and-more and value-of-a-key')).toBe('with *** and ***')
  })

  it('leaves short values and those of other variables', () => {
    expect(mask('abc in /home/somebody')).toBe('abc in /home/somebody')
  })

  it('takes out what looks like a key of a well-known service, and logins in URLs', () => {
    expect(mask('sk-abcdefgh12345 and https://me:pass@host/x')).toBe('*** and https://***@host/x')
  })
})

describe('createMask of what gives itself away', () => {
  const mask = createMask({})

  it.each([
    ['a token of a service', 'refused github_pat_11AAAAAAA0abcdefgh', 'refused ***'],
    ['what a URL is asked with', 'GET https://x.test/v1?api_key=abcd1234&n=1', 'GET https://x.test/v1?api_key=***&n=1'],
    ['a header', '{"Authorization":"Bearer abcd.1234-xyz"}', '{"Authorization":"Bearer ***"}'],
    ['another header', "{ 'dd-api-key': 'abcdef123456' }", "{ 'dd-api-key': '***' }"],
    ['a private key', 'in -----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY----- it', 'in *** it'],
  ])('takes out %s', (_what, text, masked) => {
    expect(mask(text)).toBe(masked)
  })

  it.each(['a monkey: 12345678', 'expected a token, got 3', 'max_tokens=400', 'https://x.test/a@b?page=12345'])(
    'leaves %s',
    (text) => {
      expect(mask(text)).toBe(text)
    },
  )

  it('comes to an end with texts that are made to take long', () => {
    const mask = createMask({ API_KEY: 'value-of-a-key' })
    const parts = ['a.', 'a://', 'Bearer ', '?key=', 'api-key: ', '-----BEGIN PRIVATE KEY-----', 'value-of-a…', '&auth']
    for (const part of parts) expect(mask(part.repeat(100_000))).not.toContain('value-of')
  })
})

describe('createMask of a variable', () => {
  it('finds it as it stands in JSON and in a URL', () => {
    const value = 'p"w\\with/odd+signs='
    const mask = createMask({ DB_PASSWORD: value })
    expect(mask(`${value} ${JSON.stringify({ value })} ${encodeURIComponent(value)}`)).toBe('*** {"value":"***"} ***')
  })

  it('finds the beginning of it where a text was cut', () => {
    const mask = createMask({ API_KEY: 'value-of-a-key' })
    expect(mask('it was value-of-a… (900 characters more)')).toBe('it was ***… (900 characters more)')
    expect(mask('it was value-o… (900 characters more)')).toBe('it was value-o… (900 characters more)')
  })

  it('forgives a value with space around it', () => {
    expect(createMask({ API_KEY: '  value-of-a-key\n' })('is value-of-a-key')).toBe('is ***')
  })
})

describe('a config without secrets', () => {
  const config = {
    model: 'small-1',
    apiKey: 'literal-1',
    db: { password: 'literal-2', host: 'value-of-a-key.test', list: ['value-of-a-key', 4] },
    maxTokens: '4k',
    tokenizer: 'cl100k_base',
    keyColumn: 'question',
    monkey: 'see',
    api_key: 5,
  }

  it('has neither texts under secret-looking keys nor the values of secret-looking variables', () => {
    const mask = createMask({ API_KEY: 'value-of-a-key' })
    expect(JSON.parse(maskConfig(JSON.stringify(config), mask))).toEqual({
      ...config,
      apiKey: '***',
      db: { password: '***', host: '***.test', list: ['***', 4] },
    })
  })

  it('keeps __proto__ as data', () => {
    expect(maskJson('{"__proto__":{"token":"abc"}}')).toBe('{"__proto__":{"token":"***"}}')
  })
})
