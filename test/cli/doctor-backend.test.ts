import { expect, test } from 'vitest'
import { cliProject } from '../helpers/cli.ts'
import { answer } from '../helpers/fake-datadog/faults.ts'
import { startFake } from '../helpers/pushed.ts'

async function examine(env: { readonly [name: string]: string }, args: readonly string[] = []) {
  const project = await cliProject()
  const { exitCode, stdout } = await project.run(['doctor', '--json', ...args], { env })
  const { checks } = JSON.parse(stdout)
  const { facts, problems, status } = checks.find(({ name }: { name: string }) => name === 'backend')
  const values = Object.fromEntries(facts.map(({ name, value }: { name: string; value: unknown }) => [name, value]))
  return { exitCode, status, problems, values, stdout }
}

test('says that nothing is set up, which is fine', async () => {
  const { exitCode, status, values } = await examine({ DD_API_KEY: 'a'.repeat(32) })
  expect([exitCode, status]).toEqual([0, 'ok'])
  expect(values).toEqual({ backend: null, DD_API_KEY: true, DD_APP_KEY: false, DD_APPLICATION_KEY: false })
})

test('says where the backend is, that it is there and what the keys may do, and leaves nothing there', async () => {
  const fake = await startFake()
  const { exitCode, status, values, stdout } = await examine(fake.env)
  expect([exitCode, status]).toEqual([0, 'ok'])
  expect(values).toMatchObject({
    backend: 'datadog',
    site: 'datadoghq.com',
    place: `127.0.0.1:${fake.port}`,
    DD_API_KEY: true,
    DD_APP_KEY: true,
    reachable: true,
    'takes the keys': true,
    'keys may write': true,
  })
  expect([...fake.state.projects.values(), ...fake.state.experiments.values()]).toEqual([])
  expect(Object.values(fake.keys).filter((key) => stdout.includes(key))).toEqual([])
})

test('finds keys that are wrong, and keys that may only read', async () => {
  const fake = await startFake()
  const wrong = await examine({ ...fake.env, DD_APP_KEY: 'x'.repeat(40) })
  expect([wrong.exitCode, wrong.status]).toEqual([2, 'failed'])
  expect(wrong.problems).toMatchObject([{ severity: 'error', code: 'E_BACKEND_REFUSED' }])

  fake.script({ on: 'update-experiment', fault: answer(403, { body: { errors: ['Forbidden'] } }) })
  const readOnly = await examine(fake.env)
  expect(readOnly.values).toMatchObject({ 'takes the keys': true, 'keys may write': false })
  expect(readOnly.problems).toMatchObject([{ severity: 'error', code: 'E_BACKEND_REFUSED' }])
})

test('warns of a backend that does not answer, and asks nothing of one that is switched off', async () => {
  const fake = await startFake()
  const off = await examine(fake.env, ['--no-push'])
  expect(off.values).toMatchObject({ backend: null, DD_API_KEY: true })
  expect(fake.requests).toEqual([])

  await fake.stop()
  const { exitCode, status, values, problems } = await examine(fake.env)
  expect([exitCode, status]).toEqual([0, 'warning'])
  expect(values).toMatchObject({ reachable: false })
  expect(problems).toMatchObject([{ code: 'W_BACKEND_UNREACHABLE' }])
})

test('finds what is set up wrongly', async () => {
  const keys = { DD_API_KEY: 'a'.repeat(32), DD_APP_KEY: 'b'.repeat(40) }
  const site = await examine({ ...keys, DD_SITE: 'https://app.datadoghq.com' })
  const contradiction = await examine(keys, ['--no-push', '--require-backend'])
  expect(site.problems).toMatchObject([{ code: 'E_BACKEND_SETTINGS', message: expect.stringContaining('DD_SITE') }])
  expect(contradiction.problems).toMatchObject([{ code: 'E_OPTION' }])
  expect([site.exitCode, contradiction.exitCode]).toEqual([2, 2])
})
