import type { ExperimentOutcome, ExperimentView } from '../../src/model/ports.ts'
import type { Row } from '../../src/model/row.ts'
import { taskError, timing } from './events.ts'
import { fakeComparison } from './fake-comparison.ts'
import { booleanLabel, fakeInfo, fakeRow, fakeRun, fakeView, rowCounts, scoreLabel } from './fake-view.ts'

const { task: _task, ...withoutTask } = fakeRow({ key: 't-21', status: 'cancelled', evaluations: [] })

/** One row of each kind: passed, did not pass, task error, evaluator error, cancelled. */
const everyRow: readonly Row[] = [
  fakeRow({
    key: 't-1',
    evaluations: [
      {
        evaluator: 'correct',
        status: 'ok',
        evaluations: [{ label: 'correct', type: 'boolean', value: true }],
        ...timing,
      },
    ],
  }),
  fakeRow({ key: 't-17' }),
  fakeRow({
    key: 't-18',
    status: 'error',
    task: { ...taskError('429 Too Many Requests'), ...timing },
    evaluations: [{ evaluator: 'correct', status: 'skipped', reason: 'task-failed', ...timing }],
  }),
  fakeRow({
    key: 't-19',
    evaluations: [
      {
        evaluator: 'correct',
        status: 'error',
        error: { code: 'E_EVALUATOR', name: 'TypeError', message: 'output.label is undefined' },
        ...timing,
      },
    ],
  }),
  withoutTask,
]

/** An experiment with everything that can go wrong in it, for reports. */
export function failingExperiment(): { readonly view: ExperimentView; readonly ended: ExperimentOutcome } {
  const info = fakeInfo({ thresholds: { correct: { min: 0.9 }, tokens: { max: 400 } } })
  const run = fakeRun({
    rows: rowCounts({ ok: 3, error: 1, cancelled: 1 }),
    rowsWithErrors: 2,
    evaluatorErrors: 1,
    labels: [booleanLabel({ scored: 38, errored: 1, skipped: 1 }), scoreLabel()],
    summaries: [{ name: 'accuracy', status: 'ok', type: 'score', value: 0.85 }],
    errors: [
      {
        where: 'task',
        error: { code: 'E_TASK', name: 'Error', message: '429 Too Many Requests' },
        count: 1,
        exampleKey: 't-18',
      },
      {
        where: { evaluator: 'correct' },
        error: { code: 'E_EVALUATOR', name: 'TypeError', message: 'output.label is undefined' },
        count: 1,
        exampleKey: 't-19',
      },
    ],
    failingUnits: ['1/t-17', '1/t-18', '1/t-19'],
    failingCount: 3,
  })
  const view = fakeView({ info, runs: [run], rows: everyRow })
  const outcome = {
    status: 'failed',
    exitCode: 1,
    failures: [
      { kind: 'errors', rowsWithErrors: 2, plannedUnits: 5, allowed: '0' },
      {
        kind: 'threshold',
        name: 'correct',
        wanted: 'at least 0.9',
        got: '0.85 (95 % interval 0.7093 to 0.9294, n = 40)',
      },
    ],
  } as const
  return { view, ended: { info, outcome, comparison: fakeComparison() } }
}
