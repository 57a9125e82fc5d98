import type { ExperimentOutcome, ExperimentView } from '../../src/model/ports.ts'
import { timing } from './events.ts'
import { fakeComparison } from './fake-comparison.ts'
import { fakeInfo, fakeRow, fakeRun, fakeView } from './fake-view.ts'

/** An experiment with a text in every place that data can reach: names, inputs, outputs, labels, reasons, errors. */
export function payloadExperiment(text: string): { readonly view: ExperimentView; readonly ended: ExperimentOutcome } {
  const json = JSON.stringify(text)
  const error = { code: 'E_TASK', name: text, message: text } as const
  const record = {
    key: text,
    contentHash: '0011223344556677',
    input: json,
    expectedOutput: json,
    metadata: json,
    tags: [text],
  }
  const labelled = { label: text, type: 'categorical', value: text, reasoning: text, assessment: 'fail' } as const
  const evaluations = [{ evaluator: text, status: 'ok', evaluations: [labelled], ...timing } as const]
  const ok = fakeRow({ key: text, record, task: { status: 'ok', output: json, ...timing }, evaluations })
  const raw = fakeRow({
    key: text,
    record: { ...record, input: text },
    task: { status: 'ok', output: text, ...timing },
    evaluations: [],
  })
  const failed = fakeRow({
    key: text,
    record,
    status: 'error',
    task: { status: 'error', error, ...timing },
    evaluations: [],
  })
  const info = fakeInfo({ name: text, file: text })
  const run = fakeRun({
    labels: [
      {
        type: 'categorical',
        label: text,
        evaluator: text,
        scored: 1,
        errored: 0,
        skipped: 0,
        counts: [{ value: text, count: 1 }],
        otherCount: 0,
      },
    ],
    summaries: [{ name: text, status: 'ok', type: 'categorical', value: text }],
    errors: [{ where: { evaluator: text }, error, count: 1, exampleKey: text }],
    failingCount: 2,
  })
  const view = fakeView({ info, runs: [run], rows: [ok, raw, failed] })
  const comparison = fakeComparison()
  const side = { ...comparison.baseline, source: text, name: text }
  const failures = [
    { kind: 'threshold', name: text, wanted: text, got: text },
    { kind: 'summary-evaluator', name: text, iteration: 1, message: text },
  ] as const
  return {
    view,
    ended: {
      info,
      outcome: { status: 'failed', exitCode: 1, failures },
      comparison: {
        ...comparison,
        baseline: side,
        records: [{ kind: 'broken', key: text, baseline: failed, candidate: ok }],
      },
    },
  }
}
