import type { LabelledEvaluation } from '../../../model/evaluation.ts'
import type { Json } from '../../../model/json.ts'
import type { ExperimentView } from '../../../model/ports.ts'
import type { Row } from '../../../model/row.ts'
import type { DocumentInput } from '../../document.ts'
import { parseOrNull } from '../../json-text.ts'
import { csvLine } from './cell.ts'

const BEFORE = [
  'experiment',
  'key',
  'iteration',
  'status',
  'input',
  'expectedOutput',
  'metadata',
  'tags',
  'output',
] as const
const AFTER = ['error', 'latencyMs', 'attempts'] as const

/** The CSV document: a line for each row, with a column for each label of any experiment, and one for its reasoning. */
export async function* renderCsv({ outcome, views }: DocumentInput): AsyncGenerator<string> {
  const begun = outcome.experiments
    .filter((ended) => ended.outcome.exitCode !== 2)
    .flatMap(({ info }) => views.get(info.experimentId) ?? [])
  const labels = [...new Set(begun.flatMap((view) => view.summary().labels.map(({ label }) => label)))]
  yield csvLine([...BEFORE, ...labels.flatMap(columnsOf), ...AFTER])
  for (const view of begun) yield* lines(view, labels)
}

function columnsOf(label: string): string[] {
  return [`evaluation.${label}`, `evaluation.${label}.reasoning`]
}

/** Run by run: only of one at a time can rows be read without holding all records. */
async function* lines({ info, reader, summary }: ExperimentView, labels: readonly string[]): AsyncGenerator<string> {
  for (const { iteration } of summary().runs) {
    for await (const row of reader.rows({ iteration })) yield csvLine(cellsOf(row, info.name, labels))
  }
}

function cellsOf(row: Row, experiment: string, labels: readonly string[]): string[] {
  const { key, iteration, status, record, task } = row
  const found = new Map<string, LabelledEvaluation>()
  for (const result of row.evaluations) {
    if (result.status === 'ok') for (const evaluation of result.evaluations) found.set(evaluation.label, evaluation)
  }
  return [
    ...[experiment, key, String(iteration), status],
    ...[record.input, record.expectedOutput, record.metadata].map(plain),
    (record.tags ?? []).join(','),
    plain(task?.status === 'ok' ? task.output : undefined),
    ...labels.flatMap((label) => evaluationCells(found.get(label))),
    errorsOf(row).join('\n'),
    task === undefined ? '' : String(task.durationMs),
    task === undefined ? '' : String(task.attempts),
  ]
}

function evaluationCells(evaluation: LabelledEvaluation | undefined): [value: string, reasoning: string] {
  return evaluation === undefined ? ['', ''] : [String(evaluation.value), evaluation.reasoning ?? '']
}

/** A text without its quotes; anything else as JSON. */
function plain(json: Json | undefined): string {
  if (json === undefined) return ''
  const value = json.startsWith('"') ? parseOrNull(json) : json
  return typeof value === 'string' ? value : json
}

function errorsOf({ task, evaluations }: Row): string[] {
  const ofTask = task === undefined || task.status === 'ok' ? [] : [`${task.error.name}: ${task.error.message}`]
  const ofEvaluators = evaluations.flatMap((result) =>
    result.status === 'error' || result.status === 'timeout' ? [`${result.evaluator}: ${result.error.message}`] : [],
  )
  return [...ofTask, ...ofEvaluators]
}
