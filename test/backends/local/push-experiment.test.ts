import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { eventLine } from '../../../src/backends/local/event-line.ts'
import type { Manifest } from '../../../src/backends/local/manifest.ts'
import { describePushed, loggedRecords } from '../../../src/backends/local/push-experiment.ts'
import { experimentEvents } from '../../helpers/events.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'
import { fakeManifest } from './manifests.ts'

const noRecords = { isWhole: true, async *records() {} }
const manifest = fakeManifest('20261122t081503-k3f9q2', 'triage/large')

function finished(changes: Partial<Manifest> = {}): Manifest {
  const rows = { ok: 2, error: 0, timeout: 0, skipped: 0, cancelled: 0, pending: 0 }
  const outcome = { status: 'passed', exitCode: 0 } as const
  return { ...manifest, state: { status: 'finished', outcome, rows, finishedAt: '2026-11-22T08:15:04Z' }, ...changes }
}

describe('an experiment as a backend is told of it', () => {
  it('is what its manifest says', () => {
    expect(describePushed(manifest, noRecords)).toEqual({
      experimentId: '20261122t081503-k3f9q2',
      name: 'triage/large',
      config: '{"__proto__":1}',
      tags: { team: 'support' },
      runs: 1,
      toolVersion: '0.1.0',
      dataset: { name: 'triage', description: '2 inline records', ...noRecords },
    })
  })

  it('has what the definition and the options have beyond that', () => {
    const { definition, options } = manifest
    const pushed = describePushed(
      {
        ...manifest,
        definition: { ...definition, description: 'who gets it' },
        options: { ...options, project: 'support', runs: 3, sampleSize: 20 },
      },
      noRecords,
    )
    expect(pushed).toMatchObject({ project: 'support', description: 'who gets it', runs: 3, sampleSize: 20 })
  })
})

describe('the records of a log', () => {
  it('are those that were read', async () => {
    const file = join(await tempFolder(), 'events.jsonl')
    writeFileSync(
      file,
      experimentEvents({ runs: 2, units: [{ key: 'a' }, { key: 'b' }] })
        .map(eventLine)
        .join(''),
    )
    const { records } = loggedRecords(manifest, file)
    for (let time = 0; time < 2; time++) {
      const keys: string[] = []
      for await (const batch of records()) keys.push(...batch.map(({ key }) => key))
      expect(keys).toEqual(['a', 'b'])
    }
  })

  it('are the whole dataset where none was left out and the experiment came to its end', () => {
    const { options, definition } = manifest
    const isWhole = (changes: Partial<Manifest>) => loggedRecords(finished(changes), 'events.jsonl').isWhole
    expect(isWhole({})).toBe(true)
    expect(isWhole({ state: { status: 'planned' } })).toBe(false)
    expect(isWhole({ options: { ...options, sampleSize: 2 } })).toBe(false)
    expect(isWhole({ options: { ...options, filters: ['language=de'] } })).toBe(false)
    expect(isWhole({ options: { ...options, records: ['a'] } })).toBe(false)
    expect(isWhole({ options: { ...options, skipInvalid: true } })).toBe(false)
    const iterable = { kind: 'iterable', description: 'an async iterable' } as const
    expect(isWhole({ definition: { ...definition, dataset: iterable } })).toBe(false)
    const reason = { kind: 'signal', signal: 'SIGINT' } as const
    const stopped = { status: 'stopped', exitCode: 130, reason, failures: [] } as const
    const { state } = finished()
    expect(isWhole(state.status === 'finished' ? { state: { ...state, outcome: stopped } } : {})).toBe(false)
  })
})
