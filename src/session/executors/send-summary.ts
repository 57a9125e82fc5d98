import { toErrorInfo } from '../../model/error-info.ts'
import { LlmobsExpError } from '../../model/errors.ts'
import type { SummaryResult } from '../../model/events.ts'
import type { CallEnd, PendingCall, SummaryCalls } from '../../model/executor.ts'
import type { Row } from '../../model/row.ts'
import type { Lane } from './lane.ts'
import type { SummaryRowText } from './protocol.ts'
import type { CallOwner } from './thread-calls.ts'

/** Rows go over in portions of so many. */
const PORTION_ROWS = 500

const owner: CallOwner = {
  describe: (evaluator) => ({ what: `summary evaluator ${evaluator}`, key: '' }),
}

/** Sends a run's rows over and returns what calls summary evaluators on them. The rows are not sent to a second thread. */
export async function sendSummary(
  rows: AsyncIterable<Row>,
  summary: number,
  { calls, post, thread }: Lane,
): Promise<SummaryCalls> {
  const sentTo = thread()
  let portion: SummaryRowText[] = []
  for await (const row of rows) {
    portion.push(toText(row))
    if (portion.length < PORTION_ROWS) continue
    post(['summary-rows', summary, portion])
    portion = []
  }
  post(['summary-rows', summary, portion])
  return {
    call: (evaluator): PendingCall<CallEnd<SummaryResult>> =>
      sentTo === undefined || sentTo !== thread()
        ? lostRows(evaluator)
        : calls.startOnce((call) => post(['summary', call, summary, evaluator]), owner, evaluator),
    close: () => post(['close-summary', summary]),
  }
}

function toText({ position, key, status, record, task, evaluations }: Row): SummaryRowText {
  const output = task?.status === 'ok' ? task.output : undefined
  const values = evaluations.flatMap((result) =>
    result.status === 'ok'
      ? result.evaluations.flatMap((item) => [
          item.label,
          item.type === 'json' ? item.value : JSON.stringify(item.value),
        ])
      : [],
  )
  return [position, key, status, record.input, output, record.expectedOutput, record.metadata, values]
}

/** Better no number than one over half of the rows. */
function lostRows(evaluator: string): PendingCall<CallEnd<SummaryResult>> {
  const message = `summary evaluator ${evaluator}: the thread that had the rows was replaced`
  const error = toErrorInfo('E_SUMMARY_EVALUATOR', new LlmobsExpError('E_SUMMARY_EVALUATOR', message))
  const end = {
    status: 'returned',
    result: { status: 'error', error },
    changes: [],
    startedAt: 0,
    durationMs: 0,
  } as const
  return { ended: Promise.resolve(end), startedAt: () => undefined, abort() {}, abandon() {} }
}
