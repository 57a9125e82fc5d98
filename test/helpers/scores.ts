import { type ExperimentScores, recordStates } from '../../src/session/compare/scores.ts'

export interface FakeRecord {
  readonly key: string
  readonly contentHash?: string
  /** Under `exact`: whether it passes; null where nothing was said. */
  readonly exact?: boolean | null
  /** Under `tokens`. */
  readonly tokens?: number | null
  readonly latency?: number
}

/** What an experiment with a boolean and a score came to. */
export function fakeScores(records: readonly FakeRecord[], name = 'capitals'): ExperimentScores {
  const states = (record: FakeRecord): string =>
    record.exact === undefined || record.exact === null
      ? recordStates.none
      : record.exact
        ? recordStates.pass
        : recordStates.fail
  const exact = records.map((record) => record.exact ?? null)
  const tokens = records.map((record) => record.tokens ?? null)
  return {
    experiment: {
      experimentId: `id-of-${name}`,
      name,
      source: name,
      runs: 1,
      records: records.length,
      isComplete: true,
    },
    keys: records.map(({ key }) => key),
    contentHashes: records.map(({ contentHash = 'c0' }) => contentHash),
    states: records.map((record) => (record.exact === false ? recordStates.fail : recordStates.pass)).join(''),
    latencies: Float64Array.from(records, ({ latency = Number.NaN }) => latency),
    labels: [
      {
        label: 'exact',
        evaluator: 'exact',
        type: 'boolean',
        coverage: coverageOf(exact),
        values: Float64Array.from(exact, (value) => (value === null ? Number.NaN : Number(value))),
        states: records.map(states).join(''),
      },
      {
        label: 'tokens',
        evaluator: 'tokens',
        type: 'score',
        coverage: coverageOf(tokens),
        values: Float64Array.from(tokens, (value) => value ?? Number.NaN),
        states: recordStates.none.repeat(records.length),
      },
    ],
    summaries: [],
    rows: () => Promise.resolve(new Map()),
  }
}

function coverageOf(values: readonly unknown[]) {
  const scored = values.filter((value) => value !== null).length
  return { scored, errored: 0, skipped: values.length - scored }
}
