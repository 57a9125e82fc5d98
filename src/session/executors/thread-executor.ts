import { fromErrorInfo, toErrorInfo } from '../../model/error-info.ts'
import { type ErrorInfo, LlmobsExpError } from '../../model/errors.ts'
import type { MetricValue } from '../../model/evaluation.ts'
import type { Problem, SummaryResult } from '../../model/events.ts'
import type { DatasetCheck, Executor, ExecutorUnit, PendingCall, SummaryCalls } from '../../model/ports.ts'
import type { RecordText, Row } from '../../model/row.ts'
import { monotonicNow } from './monotonic.ts'
import { createPendingCalls, type PendingCalls } from './pending-calls.ts'
import type { FromThread, OpenExperiment, SummaryRowText, ToThread } from './protocol.ts'
import { createRecordReceiver } from './record-receiver.ts'
import type { Thread } from './thread.ts'

/** How long a thread may keep silent, in milliseconds, before it counts as blocked. */
const SILENCE = 1_000

/** Summary rows go over in portions of about so many. */
const SUMMARY_ROWS = 500

/** An executor with user code in a worker thread. A thread that blocks past a timeout is replaced. */
export interface ThreadExecutor extends Executor {
  /** Reads the dataset through once, so that a bad record is found before the first task. */
  check(): Promise<DatasetCheck>
}

/** The thread that serves the module at this moment. */
export interface ThreadSlot {
  current(): Thread
  /** Ends the thread and loads the module in a new one. */
  replace(): Promise<void>
}

export function createThreadExecutor(experiment: OpenExperiment, threads: ThreadSlot): ThreadExecutor {
  // performance.timeOrigin is wall clock; both grow alike from here on.
  const wallOffset = performance.timeOrigin + performance.now() - monotonicNow()
  let generation = 0
  let notice = (_problem: Problem): void => {}
  let replacing = false
  let lastPing = 0
  let lastPong = 0
  let nextUnit = 0
  let nextSummary = 0
  let tasksCalled = 0
  let failure: Error | undefined
  const checks = new Map<number, { resolve(check: DatasetCheck): void; reject(error: Error): void }>()

  const post = (message: ToThread): void => {
    if (!replacing) threads.current().post(message)
  }
  const calls: PendingCalls = createPendingCalls({
    post,
    startTimes: () => threads.current().startTimes,
    wallClock: (monotonic) => monotonic + wallOffset,
    onTimeout: () => replaceIfBlocked(),
    restartError: () => describeRestarts(),
  })
  const records = createRecordReceiver(post)

  const fail = (info: ErrorInfo): void => {
    failure = fromErrorInfo(info)
    calls.rejectAll(failure)
    records.fail(failure)
    for (const check of checks.values()) check.reject(failure)
  }
  const attach = (): void => {
    threads.current().listen({ message: receive, ended: fail })
    post(['open', experiment])
  }

  const replaceIfBlocked = (): void => {
    const ping = ++lastPing
    post(['ping', ping])
    setTimeout(() => {
      if (lastPong < ping && !replacing && failure === undefined) void replaceThread()
    }, SILENCE).unref()
  }
  const replaceThread = async (): Promise<void> => {
    replacing = true
    threads.current().listen({ message() {}, ended() {} })
    try {
      await threads.replace()
      generation++
      replacing = false
      lastPong = lastPing
      attach()
      calls.restart()
      records.restart()
      notice({
        type: 'problem',
        severity: 'warning',
        code: 'W_THREAD_REPLACED',
        message:
          'user code blocked its thread past a timeout; the thread was replaced and its other calls were begun again',
      })
    } catch (error) {
      fail(toErrorInfo('E_USER_CODE_ENDED', error))
    }
  }

  const receive = (message: FromThread): void => {
    switch (message[0]) {
      case 'output': {
        const [, call, startedAt, durationMs, output, changes] = message
        calls.finish(call, { result: { status: 'ok', output }, startedAt, durationMs, changes })
        return
      }
      case 'failed': {
        const [, call, startedAt, durationMs, error] = message
        calls.finish(call, { result: { status: 'error', error }, startedAt, durationMs, changes: [] })
        return
      }
      case 'value': {
        const [, call, startedAt, durationMs, label, value, isJson] = message
        const result = { status: 'ok', evaluations: [{ label, ...metricValue(value, isJson) }] }
        calls.finish(call, { result, startedAt, durationMs, changes: [] })
        return
      }
      case 'evaluated':
      case 'summarized': {
        const [, call, startedAt, durationMs, result, changes] = message
        calls.finish(call, { result, startedAt, durationMs, changes })
        return
      }
      case 'checked':
        checks.get(message[1])?.resolve(message[2])
        return
      case 'check-failed':
        checks.get(message[1])?.reject(fromErrorInfo(message[2]))
        return
      case 'records':
        return records.receive(message[1], message[2])
      case 'read-failed':
        return records.fail(fromErrorInfo(message[1]))
      case 'late': {
        const [, call, what, key] = message
        calls.comeBack(call)
        notice({
          type: 'problem',
          severity: 'warning',
          code: 'W_LATE_RESULT',
          message: `${what} came to an end after its timeout; the result was discarded`,
          key,
        })
        return
      }
      case 'pong':
        lastPong = message[1]
    }
  }

  attach()
  return {
    check() {
      if (failure !== undefined) return Promise.reject(failure)
      return new Promise((resolve, reject) => {
        checks.set(0, { resolve, reject })
        post(['check', 0])
      })
    },
    records: ({ batchSize }) => records.read(batchSize),
    open: (record, iteration) =>
      createUnit({ calls, post, generation: () => generation, countTask: () => tasksCalled++ }, { unit: nextUnit++, record, iteration }),
    async summarize(rows) {
      const summary = nextSummary++
      await sendRows(rows, (portion) => post(['summary-rows', summary, portion]))
      return createSummaryCalls(summary, calls, post)
    },
    gauges: () => ({ callsInFlight: calls.inFlight(), expiredCalls: calls.expired(), tasksCalled }),
    onNotice(listener) {
      notice = listener
    },
  }
}

function metricValue(value: boolean | number | string, isJson: boolean): MetricValue {
  if (typeof value === 'boolean') return { type: 'boolean', value }
  if (typeof value === 'number') return { type: 'score', value }
  return { type: isJson ? 'json' : 'categorical', value }
}

function describeRestarts(): ErrorInfo {
  const message = 'the call was under way in two threads that blocked, and is not begun a third time'
  return toErrorInfo('E_USER_CODE_ENDED', new LlmobsExpError('E_USER_CODE_ENDED', message))
}

interface UnitTools {
  readonly calls: PendingCalls
  post(message: ToThread): void
  /** Counts the threads that were replaced. */
  generation(): number
  countTask(): void
}

interface OpenedUnit {
  readonly unit: number
  readonly record: RecordText
  readonly iteration: number
}

/** Sends the record along with the first call to a thread, and the output only to a thread that did not make it. */
function createUnit({ calls, post, generation, countTask }: UnitTools, { unit, record, iteration }: OpenedUnit): ExecutorUnit {
  let openIn = -1
  let outputIn = -1
  const opening = (): ToThread[] => {
    if (openIn === generation()) return []
    openIn = generation()
    const { key, id, input, expectedOutput, metadata, tags } = record
    return [['unit', unit, iteration, key, id, input, expectedOutput, metadata, tags]]
  }
  return {
    callTask(attempt) {
      countTask()
      return calls.start((call, slot) => {
        const messages: ToThread[] = [...opening(), ['task', call, slot, unit, attempt]]
        outputIn = generation()
        return messages
      })
    },
    callEvaluator: (evaluator, output) =>
      calls.start((call, slot) => {
        const hasOutput = outputIn === generation()
        outputIn = generation()
        return [...opening(), ['evaluator', call, slot, unit, evaluator, hasOutput ? undefined : output]]
      }),
    close: () => post(['close', unit]),
  }
}

function createSummaryCalls(summary: number, calls: PendingCalls, post: (message: ToThread) => void): SummaryCalls {
  return {
    call: (evaluator): PendingCall<SummaryResult> =>
      calls.start((call, slot) => [['summary', call, slot, summary, evaluator]]),
    close: () => post(['close-summary', summary]),
  }
}

async function sendRows(rows: AsyncIterable<Row>, send: (portion: readonly SummaryRowText[]) => void): Promise<void> {
  let portion: SummaryRowText[] = []
  for await (const row of rows) {
    portion.push(toSummaryRow(row))
    if (portion.length < SUMMARY_ROWS) continue
    send(portion)
    portion = []
  }
  send(portion)
}

function toSummaryRow({ position, key, status, record, task, evaluations }: Row): SummaryRowText {
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
