import { describe, expect, it } from 'vitest'
import { createMask, isSecretName } from '../../src/config/secrets.ts'

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
