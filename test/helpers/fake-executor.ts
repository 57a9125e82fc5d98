import { LlmobsExpError } from '../../src/model/errors.ts'
import type { EvaluatorResult, Problem, SummaryResult, TaskResult } from '../../src/model/events.ts'
import type {
  AbandonReason,
  CallEnd,
  Executor,
  ExecutorUnit,
  FollowUp,
  PendingCall,
  RecordItem,
} from '../../src/model/executor.ts'
import type { Clock } from '../../src/model/ports.ts'
import type { RecordText, Row } from '../../src/model/row.ts'

/** One call of user code, as a script is asked about it. */
export interface FakeCall {
  readonly kind: 'task' | 'evaluator' | 'summary'
  /** Of an evaluator or a summary evaluator; empty for a task. */
  readonly name: string
  readonly key: string
  readonly iteration: number
  /** From 1. */
  readonly attempt: number
}

/** What comes of a call. Without `after` it returns at once, without a promise. */
export interface Scripted {
  /** Milliseconds on the clock, or a promise of the test's, or never. */
  readonly after?: number | Promise<void> | 'never'
  readonly result?: 'ok' | 'error' | 'not-applicable' | 'thread-ended'
  /** Milliseconds for which the call waits for its thread before user code is entered. */
  readonly waitsFor?: number
  /** What user code does once its signal is aborted: `fails` at once, else it goes on. */
  readonly onAbort?: 'fails'
}

export type Script = (call: FakeCall) => Scripted

export interface FakeExecutorOptions {
  readonly clock: Clock
  readonly script?: Script
  /** In the order in which they follow a task. */
  readonly evaluators?: readonly string[]
  /** Batches of items; a thrown error is one of the dataset. */
  readonly records?: (options: { readonly batchSize: number }) => AsyncIterable<readonly RecordItem[]>
}

/** What a call came to, or that it is still under way. */
export interface CallLog extends FakeCall {
  readonly isFollowUp: boolean
  state: 'running' | 'returned' | 'abandoned' | 'late' | 'thread-ended'
  isAborted: boolean
}

/** An executor without threads, that counts. */
export interface FakeExecutor extends Executor {
  readonly calls: readonly CallLog[]
  /** Calls that are neither back nor abandoned at this moment: what `jobs` bounds. */
  running(kind?: 'task' | 'evaluator'): number
  /** The most of them that there ever were. */
  readonly most: { readonly all: number; readonly task: number; readonly evaluator: number }
  /** Units that are open at this moment, and the most there ever were. */
  readonly openUnits: number
  readonly mostUnits: number
  /** Records that were handed out, and units that were opened. */
  readonly recordsGiven: number
  readonly unitsOpened: number
  /** The most records that were handed out ahead of the units. */
  readonly mostAhead: number
  /** Rows that each run's summary evaluators were given. */
  readonly summarized: readonly (readonly Row[])[]
  /** Whether it was told to enter no more tasks. */
  readonly areTasksHeld: boolean
  notice(problem: Problem): void
}

/** A record of its own for each number. */
export function fakeRecord(index: number, changes: Partial<RecordText> = {}): RecordText {
  return { key: `r${index}`, contentHash: '0011223344556677', input: String(index), ...changes }
}

export function recordItem(record: RecordText): RecordItem {
  return { status: 'record', record, changes: [] }
}

/** So many records, in batches as large as they may be. */
export function fakeRecords(count: number): NonNullable<FakeExecutorOptions['records']> {
  return async function* ({ batchSize }) {
    for (let start = 0; start < count; start += batchSize) {
      const size = Math.min(batchSize, count - start)
      yield Array.from({ length: size }, (_, index) => recordItem(fakeRecord(start + index)))
    }
  }
}

export function createFakeExecutor(options: FakeExecutorOptions): FakeExecutor {
  const { clock, evaluators = [], records = fakeRecords(0) } = options
  const script: Script = options.script ?? (() => ({}))
  const calls: CallLog[] = []
  const attempts = new Map<string, number>()
  const most = { all: 0, task: 0, evaluator: 0 }
  const summarized: Row[][] = []
  let listener = (_notice: Problem): void => {}
  let openUnits = 0
  let mostUnits = 0
  let recordsGiven = 0
  let unitsOpened = 0
  let mostAhead = 0
  let areTasksHeld = false

  const running = (kind?: 'task' | 'evaluator'): number =>
    calls.filter((call) => call.state === 'running' && call.kind !== 'summary' && (kind ?? call.kind) === call.kind)
      .length
  const log = (call: FakeCall, isFollowUp = false): CallLog => {
    const entry: CallLog = { ...call, isFollowUp, state: 'running', isAborted: false }
    calls.push(entry)
    most.all = Math.max(most.all, running())
    most.task = Math.max(most.task, running('task'))
    most.evaluator = Math.max(most.evaluator, running('evaluator'))
    return entry
  }
  const describe = (call: Omit<FakeCall, 'attempt'>): FakeCall => {
    const name = JSON.stringify([call.kind, call.name, call.key, call.iteration])
    const attempt = (attempts.get(name) ?? 0) + 1
    attempts.set(name, attempt)
    return { ...call, attempt }
  }

  /** Makes a call and brings it to the end that the script has for it. */
  const begin = <T>(
    call: FakeCall,
    { resultOf, isFollowUp = false }: { resultOf: (scripted: Scripted) => T; isFollowUp?: boolean },
  ): PendingCall<CallEnd<T>> => {
    const scripted = script(call)
    const entry = log(call, isFollowUp)
    const asked = clock.monotonic()
    const startsAt = asked + (scripted.waitsFor ?? 0)
    const times = () => ({
      startedAt: clock.now() - (clock.monotonic() - startsAt),
      durationMs: Math.max(clock.monotonic() - startsAt, 0),
    })
    let settleCall = (_end: CallEnd<T>): void => {}
    let rejectCall = (_error: Error): void => {}
    const ended = new Promise<CallEnd<T>>((resolve, reject) => {
      settleCall = resolve
      rejectCall = reject
    })
    const comeBack = (returned: Scripted): void => {
      if (entry.state === 'abandoned') {
        entry.state = 'late'
        const message = `${call.kind} ${call.name} came late`
        listener({ type: 'problem', severity: 'warning', code: 'W_LATE_RESULT', message, key: call.key })
      }
      if (entry.state !== 'running') return
      if (returned.result === 'thread-ended') {
        entry.state = 'thread-ended'
        rejectCall(new LlmobsExpError('E_USER_CODE_ENDED', 'user code called process.exit(0)'))
        return
      }
      entry.state = 'returned'
      settleCall({ status: 'returned', result: resultOf(returned), changes: [], ...times() })
    }
    const { after, waitsFor = 0 } = scripted
    if (after === undefined && waitsFor === 0) queueMicrotask(() => comeBack(scripted))
    else if (typeof after === 'object') void after.then(() => comeBack(scripted))
    else if (after !== 'never') clock.after(waitsFor + (after ?? 0), () => comeBack(scripted))
    return {
      ended,
      startedAt: () => (clock.monotonic() >= startsAt ? startsAt : undefined),
      abort() {
        entry.isAborted = true
        if (scripted.onAbort === 'fails') queueMicrotask(() => comeBack({ result: 'error' }))
      },
      abandon(reason: AbandonReason) {
        if (entry.state !== 'running') return
        entry.state = 'abandoned'
        entry.isAborted = true
        settleCall({ status: 'abandoned', reason, ...times() })
      },
    }
  }

  const openUnit = (record: RecordText, iteration: number): ExecutorUnit => {
    const { key } = record
    let followed: readonly FollowUp[] = []
    let isOpen = true
    openUnits++
    unitsOpened++
    mostUnits = Math.max(mostUnits, openUnits)
    const callEvaluator = (name: string, isFollowUp: boolean): PendingCall<CallEnd<EvaluatorResult>> =>
      begin(describe({ kind: 'evaluator', name, key, iteration }), {
        resultOf: (scripted) => evaluatorResult(name, scripted),
        isFollowUp,
      })
    const follow = (): FollowUp[] => {
      const done: FollowUp[] = []
      for (const name of evaluators) {
        const call = describe({ kind: 'evaluator', name, key, iteration })
        const scripted = script(call)
        if (scripted.after !== undefined || scripted.result === 'thread-ended') {
          attempts.set(JSON.stringify(['evaluator', name, key, iteration]), call.attempt - 1)
          done.push({ status: 'pending', call: callEvaluator(name, true) })
          break
        }
        log(call, true).state = 'returned'
        const result = evaluatorResult(name, scripted)
        const end = { status: 'returned', result, changes: [], startedAt: clock.now(), durationMs: 0 } as const
        done.push({ status: 'ended', end })
      }
      return done
    }
    return {
      callTask(attempt, followUp) {
        followed = []
        const pending = begin<TaskResult>({ kind: 'task', name: '', key, iteration, attempt }, { resultOf: taskResult })
        const ended = pending.ended.then((end) => {
          const isOk = end.status === 'returned' && end.result.status === 'ok'
          if (isOk && followUp) followed = follow()
          return end
        })
        return { ...pending, ended }
      },
      followUps: () => ({
        ended: Promise.resolve(followed),
        startedAt: () => clock.monotonic(),
        abort() {},
        abandon() {},
      }),
      callEvaluator: (name) => callEvaluator(name, false),
      close() {
        if (!isOpen) throw new Error(`unit ${iteration}/${key} was closed twice`)
        isOpen = false
        openUnits--
      },
    }
  }

  return {
    calls,
    running,
    most,
    summarized,
    get openUnits() {
      return openUnits
    },
    get mostUnits() {
      return mostUnits
    },
    get recordsGiven() {
      return recordsGiven
    },
    get unitsOpened() {
      return unitsOpened
    },
    get mostAhead() {
      return mostAhead
    },
    get areTasksHeld() {
      return areTasksHeld
    },
    notice: (problem) => listener(problem),
    async *records(wanted) {
      for await (const batch of records(wanted)) {
        recordsGiven += batch.length
        mostAhead = Math.max(mostAhead, recordsGiven - unitsOpened)
        yield batch
      }
    },
    open: openUnit,
    async summarize(rows) {
      const given: Row[] = []
      for await (const row of rows) given.push(row)
      summarized.push(given)
      const iteration = given[0]?.iteration ?? 0
      return {
        call: (name) =>
          begin<SummaryResult>(describe({ kind: 'summary', name, key: '', iteration }), {
            resultOf: (scripted) => summaryResult(scripted, given.length),
          }),
        close() {},
      }
    },
    holdTasks() {
      areTasksHeld = true
    },
    gauges: () => ({
      callsInFlight: running(),
      expiredCalls: calls.filter(({ state }) => state === 'abandoned').length,
      tasksCalled: calls.filter(({ kind }) => kind === 'task').length,
    }),
    onNotice(newListener) {
      listener = newListener
    },
  }
}

function taskResult({ result }: Scripted): TaskResult {
  if (result !== 'error') return { status: 'ok', output: '"out"' }
  return { status: 'error', error: { code: 'E_TASK', name: 'Error', message: 'the task failed' } }
}

function evaluatorResult(name: string, { result }: Scripted): EvaluatorResult {
  if (result === 'not-applicable') return { status: 'skipped', reason: 'not-applicable' }
  if (result !== 'error') return { status: 'ok', evaluations: [{ label: name, type: 'score', value: 1 }] }
  return { status: 'error', error: { code: 'E_EVALUATOR', name: 'Error', message: `${name} failed` } }
}

function summaryResult({ result }: Scripted, rows: number): SummaryResult {
  if (result !== 'error') return { status: 'ok', type: 'score', value: rows }
  return { status: 'error', error: { code: 'E_SUMMARY_EVALUATOR', name: 'Error', message: 'no summary' } }
}
