import type { Comparison, FlippedRecord } from '../../src/model/comparison.ts'
import { timing } from './events.ts'
import { fakeRow } from './fake-view.ts'

const side = { runs: 1, records: 40, isComplete: true }

/** One record whose output changed. */
export function fakeFlip(kind: FlippedRecord['kind'], key: string): FlippedRecord {
  const before = fakeRow({ key, task: { status: 'ok', output: '{"label":"billing"}', ...timing }, evaluations: [] })
  return { kind, key, baseline: before, candidate: fakeRow({ key }) }
}

/** A comparison in which one label regressed and another could not be compared. */
export function fakeComparison(changes: Partial<Comparison> = {}): Comparison {
  return {
    baseline: {
      ...side,
      experimentId: '20261121t101112-a1b2c3',
      name: 'support-triage',
      source: 'latest:support-triage',
    },
    candidate: { ...side, experimentId: '20261122t081503-k3f9q2', name: 'support-triage', source: 'this run' },
    pairing: {
      paired: 39,
      onlyInBaseline: { count: 1, keys: ['t-99'] },
      onlyInCandidate: { count: 0, keys: [] },
      changed: { count: 1, keys: ['t-5'] },
    },
    labels: [
      {
        status: 'compared',
        label: 'correct',
        evaluator: 'correct',
        direction: 'higher',
        coverage: {
          baseline: { scored: 40, errored: 0, skipped: 0 },
          candidate: { scored: 40, errored: 0, skipped: 0 },
        },
        type: 'boolean',
        pairs: 39,
        baseline: 0.95,
        candidate: 0.85,
        difference: -0.1,
        interval: { low: -0.19, high: -0.01, rough: false },
        test: 'mcnemar-exact',
        pValue: 0.02,
        adjustedPValue: 0.04,
        detectable: 0.09,
        verdict: 'regressed',
        fixed: 1,
        broken: 2,
      },
      {
        status: 'not-compared',
        label: 'tokens',
        evaluator: 'tokens',
        direction: 'lower',
        coverage: { candidate: { scored: 38, errored: 2, skipped: 0 } },
        reason: 'only-in-candidate',
      },
    ],
    summaries: [],
    counts: { fixed: 1, broken: 2, stillFailing: 3 },
    records: [
      fakeFlip('broken', 't-17'),
      fakeFlip('broken', 't-18'),
      fakeFlip('fixed', 't-3'),
      fakeFlip('still-failing', 't-4'),
    ],
    ...changes,
  }
}
