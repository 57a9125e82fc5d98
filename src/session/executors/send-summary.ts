import type { SummaryResult } from '../../model/events.ts'
import type { CallEnd, PendingCall, SummaryCalls } from '../../model/executor.ts'
import type { Row } from '../../model/row.ts'
import type { SummaryRowText, ToThread } from './protocol.ts'
import type { ThreadCalls } from './thread-calls.ts'

/** Rows go over in portions of so many. */
const PORTION_ROWS = 500

interface SummaryTools {
  readonly summary: number
  readonly calls: ThreadCalls
  post(message: ToThread): void
}

/** Sends a run's rows over and returns what calls summary evaluators on them. The rows are not sent to a second thread. */
export async function sendSummary(
  rows: AsyncIterable<Row>,
  { summary, calls, post }: SummaryTools,
): Promise<SummaryCalls> {
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
      calls.startOnce((call) => post(['summary', call, summary, evaluator])),
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
