import { describe, expect, onTestFinished, test } from 'vitest'
import { type FakeProxyOptions, startProxy } from '../helpers/fake-proxy.ts'
import { type PushProject, standardProject } from '../helpers/pushed.ts'
import { type SelfSignedOptions, selfSigned } from '../helpers/self-signed.ts'
import { canaries, expectDelivered, expectPushDelivers, expectSound } from './sound.ts'

// Faults of what lies between here and the backend. The numbers are those of the plan of faults.

const RUN = ['run', 'exp.ts', '--push-timeout', '2s']

/** A name that nobody can look up, so that nothing reaches it but through a proxy. */
const HOST = 'api.invalid'

async function secureProject(options: SelfSignedOptions = {}) {
  const tls = await selfSigned(options)
  const project = await standardProject({}, { tls })
  return { project, certFile: tls.certFile }
}

async function proxyTo({ fake }: PushProject, options: FakeProxyOptions = {}) {
  const proxy = await startProxy({ leadsTo: () => fake.port, ...options })
  onTestFinished(() => proxy.close())
  return proxy
}

describe('B20: a certificate', () => {
  test.each<readonly [string, SelfSignedOptions]>([
    ['that nobody has signed', {}],
    ['of the year 2001', { isExpired: true }],
    ['of another host', { hosts: ['elsewhere.example'] }],
  ])('%s is not trusted, and no key goes there', async (_name, options) => {
    const { project, certFile } = await secureProject(options)
    const isTrusted = options.hosts !== undefined || options.isExpired === true
    const env = isTrusted ? { ...canaries, NODE_EXTRA_CA_CERTS: certFile } : canaries
    const result = await project.pushRun(RUN, env)
    expectSound(project, result, { exitCode: 3 })
    expect(result.stderr).toContain('certificate')
    expect(project.fake.requests).toEqual([])
  })

  test('that NODE_EXTRA_CA_CERTS names is trusted', async () => {
    const { project, certFile } = await secureProject()
    expectSound(project, await project.pushRun(RUN, canaries), { exitCode: 3 })
    const pushed = await project.pushRun(['push', 'latest'], { NODE_EXTRA_CA_CERTS: certFile })
    expect(pushed.exitCode).toBe(0)
    expectDelivered(project)
  })
})

describe('B21: a proxy', () => {
  test('leads to a backend that cannot be reached without it', async () => {
    const { project, certFile } = await secureProject({ hosts: [HOST] })
    const proxy = await proxyTo(project, { credentials: 'me:canary-of-a-proxy-login' })
    const env = {
      ...canaries,
      DD_LLMOBS_OVERRIDE_ORIGIN: `https://${HOST}`,
      HTTPS_PROXY: proxy.url.replace('//', '//me:canary-of-a-proxy-login@'),
      NODE_EXTRA_CA_CERTS: certFile,
    }
    const result = await project.pushRun(RUN, env)
    expectSound(project, result, { exitCode: 0 })
    expectDelivered(project)
    expect(new Set(proxy.connects.map(({ target }) => target))).toEqual(new Set([`${HOST}:443`]))
    expect(`${result.stdout}${result.stderr}`).not.toContain('canary-of-a-proxy-login')
  })

  test('is left out where NO_PROXY says so', async () => {
    const { project, certFile } = await secureProject()
    const proxy = await proxyTo(project)
    const env = { ...canaries, HTTPS_PROXY: proxy.url, NO_PROXY: '127.0.0.1', NODE_EXTRA_CA_CERTS: certFile }
    expectSound(project, await project.pushRun(RUN, env), { exitCode: 0 })
    expectDelivered(project)
    expect(proxy.connects).toEqual([])
  })

  test('that wants a login that it is not given is a backend that is not there', async () => {
    const { project, certFile } = await secureProject({ hosts: [HOST] })
    const proxy = await proxyTo(project, { credentials: 'me:secret' })
    const env = {
      ...canaries,
      DD_LLMOBS_OVERRIDE_ORIGIN: `https://${HOST}`,
      HTTPS_PROXY: proxy.url,
      NODE_EXTRA_CA_CERTS: certFile,
    }
    const result = await project.pushRun(RUN, env)
    expectSound(project, result, { exitCode: 3 })
    expect(result.stderr).toContain('407')
    expect(project.fake.requests).toEqual([])

    const login = { ...env, HTTPS_PROXY: proxy.url.replace('//', '//me:secret@') }
    expect((await project.pushRun(['push', 'latest'], login)).exitCode).toBe(0)
    expectDelivered(project)
  })

  test('has no say over http, which goes to this machine', async () => {
    const project = await standardProject()
    const proxy = await proxyTo(project)
    const result = await project.pushRun(RUN, { ...canaries, HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url })
    expectSound(project, result, { exitCode: 0 })
    expect(proxy.connects).toEqual([])
    await expectPushDelivers(project)
  })
})
