import { describe, expect, it } from 'vitest'
import { placeOf, readDatadogSettings } from '../../../src/backends/datadog/settings.ts'
import { LlmobsExpError } from '../../../src/model/errors.ts'

const keys = { DD_API_KEY: 'api-key-0123', DD_APP_KEY: 'app-key-4567' }

function read(env: { readonly [name: string]: string }) {
  const found = readDatadogSettings({ ...keys, ...env })
  if (found.status === 'missing') throw new Error(`missing: ${found.missing.join()}`)
  return found.settings
}

function refusalOf(env: { readonly [name: string]: string }): string {
  try {
    read(env)
  } catch (error) {
    if (error instanceof LlmobsExpError) return `${error.code} ${error.message}`
    throw error
  }
  throw new Error('it was taken')
}

describe('readDatadogSettings', () => {
  it('names the keys that are missing, and takes an empty one for none', () => {
    expect(readDatadogSettings({})).toEqual({ status: 'missing', missing: ['DD_API_KEY', 'DD_APP_KEY'] })
    expect(readDatadogSettings({ ...keys, DD_APP_KEY: '' })).toEqual({ status: 'missing', missing: ['DD_APP_KEY'] })
  })

  it('takes DD_APPLICATION_KEY where there is no DD_APP_KEY', () => {
    expect(read({ DD_APP_KEY: '', DD_APPLICATION_KEY: 'other' }).appKey).toBe('other')
    expect(read({ DD_APPLICATION_KEY: 'other' }).appKey).toBe('app-key-4567')
  })

  it('vector 3: without a project it is default-project', () => {
    expect(read({}).project).toBe('default-project')
    expect(read({ DD_LLMOBS_PROJECT_NAME: 'support' }).project).toBe('support')
  })

  it.each(['0123 4567', '0123\n', ' 0123', '0é23', '0123\u0000'])('refuses the key %j without telling it', (key) => {
    const refusal = refusalOf({ DD_API_KEY: key })
    expect(refusal).toMatch(/^E_BACKEND_SETTINGS DD_API_KEY: expected a key of printable ASCII/)
    expect(refusal).not.toContain(key)
  })

  it.each([
    'https://app.datadoghq.com',
    'app.datadoghq.com',
    'api.datadoghq.eu',
    'evil.com/x',
    'a@b.com',
    'com',
    'x..y',
  ])('refuses the site %j', (site) => {
    expect(refusalOf({ DD_SITE: site })).toBe(
      `E_BACKEND_SETTINGS DD_SITE: expected a site such as datadoghq.com or us3.datadoghq.com, got "${site}"`,
    )
  })

  it('asks the API of the site', () => {
    const settings = read({ DD_SITE: 'us5.datadoghq.com' })
    expect(settings.apiBase).toBe('https://api.us5.datadoghq.com')
    expect(placeOf(settings)).toBe('us5.datadoghq.com')
  })

  it('vector 43: another origin is asked in its place, its path kept', () => {
    const settings = read({ DD_LLMOBS_OVERRIDE_ORIGIN: 'http://localhost:9126/vcr/datadog/' })
    expect(settings.apiBase).toBe('http://localhost:9126/vcr/datadog')
    expect(placeOf(settings)).toBe('localhost:9126')
  })

  it.each(['http://127.0.0.1:1', 'http://127.8.9.10', 'http://[::1]:80', 'https://proxy.example.com/dd'])(
    'takes the origin %s',
    (origin) => {
      expect(read({ DD_LLMOBS_OVERRIDE_ORIGIN: origin }).apiBase).toBe(new URL(origin).href.replace(/\/$/, ''))
    },
  )

  it.each([
    'http://example.com',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com:80',
    'http://10.0.0.1',
    'http://[::2]',
  ])('sends no key unencrypted to %s', (origin) => {
    expect(refusalOf({ DD_LLMOBS_OVERRIDE_ORIGIN: origin })).toMatch(
      /^E_BACKEND_SETTINGS .*expected https, got http to/,
    )
  })

  it.each(['example.com', 'ftp://localhost', 'https://user:secret-1@example.com', 'https://example.com/?a=secret-1'])(
    'refuses the origin %s and tells no login',
    (origin) => {
      const refusal = refusalOf({ DD_LLMOBS_OVERRIDE_ORIGIN: origin })
      expect(refusal).toMatch(/^E_BACKEND_SETTINGS DD_LLMOBS_OVERRIDE_ORIGIN/)
      expect(refusal).not.toContain('secret-1')
    },
  )

  it.each([
    [{}, { except: '' }],
    [
      { HTTPS_PROXY: 'http://p:3128', NO_PROXY: 'a.com' },
      { url: 'http://p:3128', except: 'a.com' },
    ],
    [
      { HTTPS_PROXY: 'http://p:3128', https_proxy: 'http://q:1' },
      { url: 'http://q:1', except: '' },
    ],
    [
      { HTTP_PROXY: 'p:3128', no_proxy: '*' },
      { url: 'http://p:3128', except: '*' },
    ],
    [{ HTTPS_PROXY: 'http://p:3128', https_proxy: '' }, { except: '' }],
  ])('reads the proxy of %j', (env, proxy) => {
    expect(read(env).proxy).toEqual(proxy)
  })

  it('refuses what is no proxy without telling its password', () => {
    const refusal = refusalOf({ HTTPS_PROXY: 'ftp://user:secret-1@p' })
    expect(refusal).toBe('E_BACKEND_SETTINGS HTTPS_PROXY: expected the URL of a proxy, got something else')
  })
})
