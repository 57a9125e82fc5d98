import type { ErrorInfo } from '../../model/errors.ts'
import type { CallEnd, PendingCall } from '../../model/executor.ts'
import type { JsonChange } from '../../model/json.ts'
import type { ConsoleSource } from '../../model/ports.ts'
import { CallTable } from './call-table.ts'
import type { Lane } from './lane.ts'
import { monotonicNow } from './monotonic.ts'
import { type CallKind, OpenCall } from './open-call.ts'
import type { Progress } from './progress.ts'
import type { ToThread } from './protocol.ts'

/** The main thread's side of the calls that are under way in one thread. */
export interface ThreadCalls {
  /** Of a task where no evaluator is named. */
  start<T>(begin: Begin, owner: CallOwner, evaluator?: string): ThreadCall<CallEnd<T>>
  /** A call that cannot be begun again: it fails when the thread is replaced. */
  startOnce<T>(begin: Begin, owner: CallOwner, evaluator: string): ThreadCall<CallEnd<T>>
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
  /** As `inFlight`, with those that the thread will make by itself; quicker. */
  size(): number
  /** How many the thread has been given and has not come to. */
  waiting(): number
  /** Whether the synchronous part of one is running. */
  isInCall(): boolean
  /** Whether calls are begun one after another, to find the one that blocks. */
  isOneByOne(): boolean
  /** Gives one to another thread that this one has let wait; returns whether there was one. */
  giveTo(other: ThreadCalls): boolean
  /** Takes one over. */
  adopt(call: OpenCall): void
  /** Whether any of them was under way in a thread that is gone. */
  wereLost(): boolean
  /** Calls that were abandoned and have not come back. */
  expired(): number
  /** Begins all of them anew in a thread that took another one's place: together, or one after another. */
  restart(how: 'together' | 'one-by-one'): void
  /** Calls that are made from here on fail. */
  refuse(error: Error): void
  /** As `refuse`, also for those that are under way. */
  rejectAll(error: Error): void
  /** The call that a silent thread is in, where that can be told. */
  blocking(): SuspectCall | undefined
  /** What a silent thread may be in: that call, else all that it has begun. */
  suspects(): readonly ConsoleSource[]
}

/** Posts a call's messages; again when it comes to another thread: `isAgain` where it was under way in one that is gone. */
export type Begin = (call: number, lane: Lane, isAgain: boolean) => void

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
  /** Where the calls are made. */
  lane(): Lane
  /** Of the thread that serves at this moment. */
  progress(): Progress
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
  let failure: Error | undefined

  const begin = (call: OpenCall): void => {
    if (failure !== undefined) call.fail(failure)
    else line.begin(call)
  }
  const add = (kind: CallKind): OpenCall => {
    const call = new OpenCall(table, kind)
    table.place(call)
    begin(call)
    return call
  }

  return {
    start: (post, owner, evaluator) => add({ status: 'started', begin: post, isRepeatable: true, owner, evaluator }),
    startOnce: (post, owner, evaluator) =>
      add({ status: 'started', begin: post, isRepeatable: false, owner, evaluator }),
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
    size: () => table.size,
    waiting: () => table.waiting,
    isInCall: () => table.isInCall,
    isOneByOne: line.isOneByOne,
    giveTo(other) {
      const call = table.takeBack(monotonicNow())
      if (call !== undefined) other.adopt(call)
      return call !== undefined
    },
    adopt(call) {
      call.moveTo(table)
      begin(call)
    },
    wereLost: () => table.all().some(({ isLost }) => isLost),
    expired: () => table.expired.size,
    restart(how) {
      table.renew()
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
    refuse(error) {
      failure = error
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
    isOneByOne: () => alone !== undefined,
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
