import { MANIFEST_FORMAT, type Manifest } from '../../../src/backends/local/manifest.ts'

export function fakeManifest(experimentId: string, name = 'exp'): Manifest {
  return {
    v: MANIFEST_FORMAT,
    tool: '0.1.0',
    experimentId,
    groupId: experimentId,
    createdAt: '2026-11-22T08:15:03.000Z',
    file: './exp.ts',
    currentFolder: '/project',
    definition: {
      ref: { exportName: 'default', variant: 'large' },
      name,
      config: '{"__proto__":1}',
      evaluators: ['correct'],
      summaryEvaluators: [],
      thresholds: { correct: { min: 0.9 } },
      tags: { team: 'support' },
      dataset: { description: '2 inline records', kind: 'array', length: 2 },
    },
    options: {
      runs: 1,
      jobs: 10,
      timeout: 600_000,
      evalTimeout: 300_000,
      maxRetries: 0,
      maxErrors: '0',
      raiseErrors: false,
      skipInvalid: false,
      maxIdenticalErrors: 8,
      maxTime: 60_000,
      filters: [],
      records: [],
    },
    hashes: { module: 'a', config: 'b' },
    state: { status: 'planned' },
  }
}
