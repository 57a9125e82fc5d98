import { fromErrorInfo, toErrorInfo } from '../../model/error-info.ts'
import { type ErrorInfo, LlmobsExpError } from '../../model/errors.ts'
import type { Problem } from '../../model/events.ts'
import type { DatasetCheck, Executor } from '../../model/executor.ts'
import type { ConsoleSource } from '../../model/ports.ts'
import { describeReplacement, describeSilence } from './blocked-notice.ts'
import { createInquest } from './blocked-thread.ts'
import { monotonicNow } from './monotonic.ts'
import {
  type FollowUpText,
  type FromThread,
  type OpenExperiment,
  PORTION,
  TASKS_HELD,
  type ToThread,
} from './protocol.ts'
import { createRecordReceiver } from './record-receiver.ts'
import { sendSummary } from './send-summary.ts'
import { listen } from './silence.ts'
import type { Thread } from './thread.ts'
import { createThreadCalls, type ThreadCalls } from './thread-calls.ts'
import { readFollowUps, ThreadUnit, type UnitTools } from './thread-unit.ts'

/** An executor with user code in a worker thread. A thread that blocks past a timeout is replaced. */
export interface ThreadExecutor extends Executor {
  /** Reads the dataset through once, so that a bad record is found before the first task. */
  check(): Promise<DatasetCheck>
}

export interface ExecutedExperiment extends OpenExperiment {
  /** In their order. */
  readonly evaluators: readonly string[]
}

/** The thread that serves the module at this moment. */
export interface ThreadSlot {
  current(): Thread
  /** Ends the thread and loads the module in a new one. */
  replace(): Promise<void>
}

export function createThreadExecutor(experiment: ExecutedExperiment, threads: ThreadSlot): ThreadExecutor {
  // performance.timeOrigin is wall clock; both grow alike from here on.
  const wallOffset = performance.timeOrigin + performance.now() - monotonicNow()
  const { evaluators: _evaluators, ...opened } = experiment
  let generation = 0
  let notice = (_problem: Problem): void => {}
  let replacing = false
  let areTasksHeld = false
  let isOpen = false
  let nextUnit = 0
  /** Units that are closed with the messages of this tick. */
  let closed: number[] = []
  let nextSummary = 0
  let tasksCalled = 0
  let portion = 0
  let portionSize = 1
  let failure: Error | undefined
  let checking: { resolve(check: DatasetCheck): void; reject(error: Error): void } | undefined

  const post = (message: ToThread): void => {
    if (!replacing) threads.current().post(message)
  }
  const calls: ThreadCalls = createThreadCalls({
    post,
    progress: () => threads.current().progress,
    wallClock: (monotonic) => monotonic + wallOffset,
    suspect(call) {
      if (!replacing) inquest.suspect(call)
    },
    restartError: () => describeRestarts(),
  })
  const records = createRecordReceiver(post)
  const inquest = createInquest({
    ping: (number) => post(['ping', number]),
    blocking: () => calls.blocking(),
    onBlocked: (call) => void replaceThread(call?.subject()),
  })
  const listening = listen({
    isBusy: () => calls.areUnderWay() || records.isReading(),
    ask: () => post(['ping', 0]),
    onSilent() {
      if (!replacing) notice(describeSilence(calls.suspects(), records.isReading()))
    },
  })

  const fail = (info: ErrorInfo): void => {
    failure = fromErrorInfo(info)
    inquest.reset()
    listening.end()
    calls.rejectAll(failure)
    records.fail(failure)
    checking?.reject(failure)
  }
  const flushed = (): void => {
    closed = []
    portion = 0
  }
  const attach = (): void => {
    isOpen = false
    inquest.reset()
    listening.reset()
    if (areTasksHeld) threads.current().progress[TASKS_HELD] = 1
    threads.current().listen({ message: receive, flushed, ended: fail })
    post(['open', opened])
  }

  // The first time its other calls begin together; where they block again, one after another, until it is clear which one does.
  const replaceThread = async (blocking: ConsoleSource | undefined): Promise<void> => {
    replacing = true
    threads.current().listen({ message() {}, flushed() {}, ended() {} })
    try {
      await threads.replace()
      generation++
      replacing = false
      attach()
      calls.restart(blocking !== undefined && generation === 1 ? 'together' : 'one-by-one')
      records.restart()
      notice(describeReplacement(blocking))
    } catch (error) {
      fail(toErrorInfo('E_USER_CODE_ENDED', error))
    }
  }

  const receive = (message: FromThread): void => {
    listening.heard()
    if (message[0] === 'opened') isOpen = true
    // What is still under way belongs to the experiment that was open before.
    if (!isOpen) return
    switch (message[0]) {
      case 'output':
      case 'failed':
      case 'evaluated':
      case 'summarized':
        return finishCall(message, calls)
      case 'followed':
        return finishChain(message[1], message[2])
      case 'checked':
        checking?.resolve(message[1])
        return
      case 'check-failed':
        checking?.reject(fromErrorInfo(message[1]))
        return
      case 'records':
        return records.receive(message[1], message[2])
      case 'read-failed':
        return records.fail(fromErrorInfo(message[1]))
      case 'late': {
        const [, call, what, key] = message
        calls.finish(call, undefined)
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
        return inquest.answered(message[1])
    }
  }

  const unitTools: UnitTools = {
    calls,
    post,
    evaluators: experiment.evaluators,
    generation: () => generation,
    // In two portions a tick: while the thread works on one of them, the results of the other are written.
    taskPosted() {
      tasksCalled++
      if (++portion < portionSize) return
      portion = 0
      threads.current().flush()
    },
    close(unit: number) {
      if (closed.push(unit) === 1) post(['close', closed])
    },
  }

  const finishChain = (chain: number, texts: readonly FollowUpText[]): void => {
    // Taken out first: a call that goes on takes its place.
    const found = calls.take(chain)
    found?.resolve(readFollowUps({ call: chain, owner: found.owner }, texts, unitTools))
  }

  attach()
  return {
    check() {
      if (failure !== undefined) return Promise.reject(failure)
      return new Promise((resolve, reject) => {
        checking = { resolve, reject }
        post(['check'])
      })
    },
    records({ batchSize }) {
      listening.begin()
      portionSize = Math.min(Math.ceil(batchSize / 2), PORTION)
      return records.read(batchSize)
    },
    open(record, iteration, generation = 0) {
      listening.begin()
      return new ThreadUnit(nextUnit++, { record, iteration, generation }, unitTools)
    },
    summarize: (rows) =>
      sendSummary(rows, { summary: nextSummary++, calls, post, generation: () => (replacing ? -1 : generation) }),
    holdTasks() {
      areTasksHeld = true
      threads.current().progress[TASKS_HELD] = 1
    },
    gauges: () => ({ callsInFlight: calls.inFlight(), expiredCalls: calls.expired(), tasksCalled }),
    onNotice(listener) {
      notice = listener
    },
  }
}

function describeRestarts(): ErrorInfo {
  const message = 'the call was under way in a thread that another call blocked, and cannot be begun once more'
  return toErrorInfo('E_USER_CODE_ENDED', new LlmobsExpError('E_USER_CODE_ENDED', message))
}

type ResultMessage = Extract<FromThread, readonly ['output' | 'failed' | 'evaluated' | 'summarized', ...unknown[]]>

function finishCall(message: ResultMessage, calls: ThreadCalls): void {
  const [kind, call, startedAt, durationMs] = message
  switch (kind) {
    case 'output': {
      const result = { status: 'ok', output: message[4] }
      return calls.finish(call, calls.returned({ result, startedAt, durationMs, changes: message[5] }))
    }
    case 'failed': {
      const result = { status: 'error', error: message[4] }
      return calls.finish(call, calls.returned({ result, startedAt, durationMs }))
    }
    default:
      return calls.finish(call, calls.returned({ result: message[4], startedAt, durationMs, changes: message[5] }))
  }
}
