import { onTestFinished, vi } from 'vitest'
import { type FakeDatadog, type FakeDatadogOptions, startFakeDatadog } from '../helpers/fake-datadog/fake-datadog.ts'

/** A backend that this process's environment leads to, as a user's would. */
export async function surroundingFake(options: FakeDatadogOptions = {}): Promise<FakeDatadog> {
  const fake = await startFakeDatadog(options)
  for (const [name, value] of Object.entries(fake.env)) vi.stubEnv(name, value)
  onTestFinished(async () => {
    vi.unstubAllEnvs()
    await fake.close()
  })
  return fake
}
