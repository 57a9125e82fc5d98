import { onTestFinished } from 'vitest'
import { createDatadogBackend } from '../../../../src/backends/datadog/backend.ts'
import { type DatadogSettings, readDatadogSettings } from '../../../../src/backends/datadog/settings.ts'
import { createClock } from '../../../../src/cli/system.ts'
import type { Backend, PushedDataset, PushedExperiment } from '../../../../src/model/backend.ts'
import { contentHash } from '../../../../src/model/identity.ts'
import type { Clock } from '../../../../src/model/ports.ts'
import type { RecordText } from '../../../../src/model/row.ts'
import {
  type FakeDatadog,
  type FakeDatadogOptions,
  startFakeDatadog,
} from '../../../helpers/fake-datadog/fake-datadog.ts'

export const { signal } = new AbortController()

export async function startFake(options: FakeDatadogOptions = {}): Promise<FakeDatadog> {
  const fake = await startFakeDatadog(options)
  onTestFinished(() => fake.close())
  return fake
}

export function settingsOf(fake: FakeDatadog): DatadogSettings {
  const found = readDatadogSettings(fake.env)
  if (found.status === 'missing') throw new Error('keys are missing')
  return found.settings
}

export function backendOf(fake: FakeDatadog): Backend {
  const backend = createDatadogBackend(settingsOf(fake), { clock: hurriedClock(fake) })
  onTestFinished(() => backend.close())
  return backend
}

/** A clock on which waiting takes no time, here and at the fake; only a request's deadline is never reached. */
export function hurriedClock(fake: FakeDatadog): Clock {
  const clock = createClock()
  return {
    ...clock,
    after(milliseconds, callback) {
      if (milliseconds >= 30_000) return () => {}
      const timer = setImmediate(() => {
        fake.time.shift(milliseconds)
        callback()
      })
      return () => clearImmediate(timer)
    },
  }
}

export interface RecordParts {
  readonly input?: unknown
  readonly expectedOutput?: unknown
  readonly metadata?: unknown
  readonly tags?: readonly string[]
}

export function recordOf(key: string, parts: RecordParts = {}): RecordText {
  const { input = `input of ${key}`, expectedOutput, metadata, tags } = parts
  const content = {
    input: JSON.stringify(input),
    ...(expectedOutput === undefined ? {} : { expectedOutput: JSON.stringify(expectedOutput) }),
    ...(metadata === undefined ? {} : { metadata: JSON.stringify(metadata) }),
  }
  return { key, id: key, contentHash: contentHash(content), ...content, ...(tags === undefined ? {} : { tags }) }
}

export function datasetOf(records: readonly RecordText[], parts: Partial<PushedDataset> = {}): PushedDataset {
  return {
    name: 'capitals',
    description: 'jsonl ./capitals.jsonl',
    isWhole: true,
    async *records() {
      for (let from = 0; from < records.length; from += 256) yield records.slice(from, from + 256)
    },
    ...parts,
  }
}

export function experimentOf(parts: Partial<PushedExperiment> = {}): PushedExperiment {
  return {
    experimentId: '20261122t081503-k3f9q2',
    name: 'capitals/small',
    description: 'which capitals a model knows',
    config: '{"model":"small-1"}',
    tags: { team: 'maps' },
    runs: 2,
    toolVersion: '0.1.0',
    dataset: datasetOf([recordOf('france', { expectedOutput: 'Paris' }), recordOf('japan')]),
    ...parts,
  }
}

/** The records of the newest version of the only dataset, by id, as they would be read. */
export function storedRecords(fake: FakeDatadog): { readonly [id: string]: unknown } {
  const [dataset, ...others] = fake.state.datasets.values()
  if (dataset === undefined || others.length > 0)
    throw new Error(`expected one dataset, got ${fake.state.datasets.size}`)
  const records = dataset.snapshots.at(-1)?.records ?? new Map()
  return Object.fromEntries(Array.from(records, ([id, { content }]) => [id, content]))
}
