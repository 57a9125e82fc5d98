import type { ErrorInfo } from '../../model/errors.ts'
import type { CallEnd, PendingCall } from '../../model/executor.ts'
import type { JsonChange } from '../../model/json.ts'
import type { ConsoleSource } from '../../model/ports.ts'
import { CallTable } from './call-table.ts'
import { type CallKind, OpenCall } from './open-call.ts'
import type { ToThread } from './protocol.ts'

/** The main thread's side of the calls that are under way in one thread. */
export interface ThreadCalls {
  /** `begin` posts the call's messages; again when the thread is replaced. Of a task where no evaluator is named. */
  start<T>(begin: (call: number) => void, owner: CallOwner, evaluator?: string): ThreadCall<CallEnd<T>>
  /** A call that cannot be begun again: it fails when the thread is replaced. */
  startOnce<T>(begin: (call: number) => void, owner: CallOwner, evaluator: string): ThreadCall<CallEnd<T>>
  /** A call that the thread makes by itself. */
  expect<E>(expected: ExpectedCall<E>): ThreadCall<E>
  /** A call that goes on in the place of an expected one that has ended. */
  continue<T>(expected: number, owner: CallOwner, evaluator: string): ThreadCall<CallEnd<T>>
  /** Something has come of a call, in time or late. */
  finish(call: number, end: unknown): void
  /** As `finish`, for an end that is made once the call is out of its slot; undefined for a late one. */
  take(call: number): TakenCall | undefined
  returned<T>(returned: Returned<T>): CallEnd<T>
  inFlight(): number
  /** Whether the thread has anything to do. */
  areUnderWay(): boolean
  /** Calls that were abandoned and have not come back. */
  expired(): number
  /** Begins all of them anew in a thread that took another one's place: together, or one after another. */
  restart(how: 'together' | 'one-by-one'): void
  rejectAll(error: Error): void
  /** The call that a silent thread is in, where that can be told. */
  blocking(): SuspectCall | undefined
  /** What a silent thread may be in: that call, else all that it has begun. */
  suspects(): readonly ConsoleSource[]
}

/** Whose calls they are, for people. */
export interface CallOwner {
  /** One of its calls: of an evaluator, or of its task. */
  describe(evaluator: string | undefined): ConsoleSource
}

export interface ThreadCall<E> extends PendingCall<E> {
  readonly call: number
}

/** How a call ends that its thread was to make. */
export interface ExpectedCall<E> extends CallOwner {
  /** When its thread is replaced or gone. */
  readonly lost: E
  abandoned(end: Abandoned, step: number): E
  /** The evaluator that it is at. */
  evaluatorAt(step: number): string
}

/** A call that is out of the table. */
export interface TakenCall {
  readonly owner: CallOwner
  resolve(end: unknown): void
}

/** A call past its timeout. */
export interface SuspectCall {
  /** Is not waited for any more. */
  expire(): void
  subject(): ConsoleSource
}

export type Abandoned = Extract<CallEnd<never>, { status: 'abandoned' }>

export interface Returned<T> {
  readonly result: T
  readonly startedAt: number
  readonly durationMs: number
  readonly changes?: readonly JsonChange[]
}

export interface ThreadCallsOptions {
  post(message: ToThread): void
  /** Of the thread that serves at this moment; see `ThreadData`. */
  progress(): Float64Array
  /** Wall clock for a monotonic time, epoch milliseconds. */
  wallClock(monotonic: number): number
  /** A call has run past its timeout; its thread may be blocked by another one. */
  suspect(call: SuspectCall): void
  /** For a call that was under way in two threads that had to be replaced. */
  restartError(): ErrorInfo
}

const NO_CHANGES: readonly JsonChange[] = []

export function createThreadCalls(options: ThreadCallsOptions): ThreadCalls {
  const line = createLine()
  const table = new CallTable({ ...options, ended: line.ended })
  let serial = 0
  let failure: Error | undefined

  const add = (kind: CallKind): OpenCall => {
    const call = new OpenCall(table, kind)
    table.place(call, ++serial)
    if (failure !== undefined) call.fail(failure)
    else line.begin(call)
    return call
  }

  return {
    start: (begin, owner, evaluator) => add({ status: 'started', begin, isRepeatable: true, owner, evaluator }),
    startOnce: (begin, owner, evaluator) => add({ status: 'started', begin, isRepeatable: false, owner, evaluator }),
    expect: (expected) => add({ status: 'expected', expected }),
    continue(expected, owner, evaluator) {
      const call = new OpenCall(table, { status: 'continued', owner, evaluator })
      table.replace(expected, call)
      return call
    },
    finish(call, end) {
      const found = table.take(call)
      if (found === undefined) table.comeBack(call)
      else found.resolve(end)
    },
    take(call) {
      const found = table.take(call)
      if (found === undefined) table.comeBack(call)
      return found
    },
    returned: ({ result, startedAt, durationMs, changes = NO_CHANGES }) => ({
      status: 'returned',
      result,
      changes,
      startedAt: toMicroseconds(options.wallClock(startedAt)),
      durationMs: toMicroseconds(durationMs),
    }),
    inFlight: () => table.all().filter(({ isMade }) => isMade).length,
    areUnderWay: () => table.all().length > 0,
    expired: () => table.expired.size,
    restart(how) {
      table.freeExpired()
      line.restart(
        table.all().filter((call) => call.loseThread()),
        how,
      )
    },
    blocking: () => table.blocking(),
    suspects() {
      const known = table.blocking()
      return (known === undefined ? table.begun() : [known]).map((call) => call.subject())
    },
    rejectAll(error) {
      failure = error
      for (const call of table.all()) call.fail(error)
    },
  }
}

/** As precise as the log keeps it. */
function toMicroseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000
}

/** In what order calls are begun: at once, or, to find the one that blocks its thread, one after another. */
function createLine() {
  let waiting: OpenCall[] = []
  let alone: OpenCall | undefined

  const next = (): void => {
    alone = waiting.shift()
    alone?.begin()
  }
  return {
    begin(call: OpenCall) {
      if (alone === undefined) call.begin()
      else waiting.push(call)
    },
    ended(call: OpenCall) {
      if (call === alone) next()
      else if (waiting.length > 0) waiting = waiting.filter((other) => other !== call)
    },
    restart(calls: readonly OpenCall[], how: 'together' | 'one-by-one') {
      alone = undefined
      waiting = how === 'one-by-one' ? [...calls] : []
      if (how === 'one-by-one') next()
      else for (const call of calls) call.begin()
    },
  }
}
