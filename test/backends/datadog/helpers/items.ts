import type { WireNames } from '../../../../src/backends/datadog/wire-context.ts'
import type { EncodedItem, ItemTime, PushedPart, PushItem } from '../../../../src/model/backend.ts'
import type { ErrorInfo } from '../../../../src/model/errors.ts'
import type { EvaluatorResult, TaskResult } from '../../../../src/model/events.ts'
import type { RecordText, Row, RowEvaluation } from '../../../../src/model/row.ts'

export const names: WireNames = {
  experimentId: 'ec6d3a8c-5b1f-4d2e-9a57-0c1f4a7b2d11',
  localId: '20261122t081503-k3f9q2',
  experimentName: 'capitals/small',
  projectId: '784231a1-73e6-43c3-b252-72c6b7a8c3d2',
  projectName: 'geography',
  datasetId: '8561fdf2-95bd-432c-b16e-0497e3aaace8',
  datasetName: 'capitals',
  tags: ['team:maps'],
}

export const run = { iteration: 2, runId: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff' }

/** When the row was begun, in the log's epoch milliseconds. */
export const startedAt = 1_795_335_303_123.456
export const time: ItemTime = { at: startedAt + 1_500.25 }

/** Where a row and its evaluations stand in the log. */
const stamp = { seq: 7, at: startedAt + 1_500.25 }
const timing = { startedAt, durationMs: 1_234.5678, queueMs: 3, retryWaitMs: 0, attempts: 1 }

export const failure: ErrorInfo = {
  code: 'E_TASK',
  name: 'ValueError',
  message: 'This is a test error',
  stack: 'ValueError: This is a test error\n    at task',
}

export function rowOf(
  parts: { record?: Partial<RecordText>; task?: TaskResult; generation?: number; attempts?: number } = {},
): Row {
  const task = parts.task ?? { status: 'ok', output: '"Paris"' }
  return {
    ...stamp,
    key: 'france',
    iteration: run.iteration,
    generation: parts.generation ?? 0,
    position: 0,
    status: task.status,
    record: { key: 'france', contentHash: '0123456789abcdef', input: '{"country":"France"}', ...parts.record },
    task: { ...timing, ...task, attempts: parts.attempts ?? 1 },
    evaluations: [],
  }
}

export function evaluationOf(result: EvaluatorResult, evaluator = 'judge'): RowEvaluation {
  return { evaluator, ...stamp, ...timing, ...result }
}

export function itemOf(part: PushedPart, at: ItemTime = time): PushItem {
  return { ...part, seq: 7, run, time: at }
}

/** The spans and metrics of an item, read back. */
export function parseItem(item: EncodedItem | undefined): {
  readonly spans: readonly unknown[]
  readonly metrics: readonly unknown[]
} {
  const parse = (text: string): unknown => JSON.parse(text)
  return { spans: (item?.spans ?? []).map(parse), metrics: (item?.metrics ?? []).map(parse) }
}
