import { fromErrorInfo, toErrorInfo } from '../../model/error-info.ts'
import { type ErrorInfo, LlmobsExpError } from '../../model/errors.ts'
import type { Problem } from '../../model/events.ts'
import type { ConsoleSource } from '../../model/ports.ts'
import { describeReplacement, describeSilence } from './blocked-notice.ts'
import { createInquest } from './blocked-thread.ts'
import { monotonicNow } from './monotonic.ts'
import { TASKS_HELD } from './progress.ts'
import type { FromThread, OpenExperiment, ToThread } from './protocol.ts'
import { finishCall, type ResultMessage } from './results.ts'
import { listen } from './silence.ts'
import type { DeathCause, LoopUsage, Thread, ThreadListener } from './thread.ts'
import { createThreadCalls, type ThreadCalls } from './thread-calls.ts'
import { readFollowUps } from './thread-unit.ts'

/** One of the threads that an experiment runs in: the calls that are under way there, and what keeps the thread going. */
export interface Lane {
  readonly calls: ThreadCalls
  post(message: ToThread): void
  /** Sends what was posted so far without waiting for the end of the tick. */
  flush(): void
  /** Undefined while it is being replaced. */
  thread(): Thread | undefined
  usage(): LoopUsage
  /** How many calls are before one that would be begun here; infinite while none should be. */
  load(): number
  /** How many calls the thread has been given and has not come to. */
  waiting(): number
  /** Lets go of a unit. */
  close(unit: number): void
  /** User code has been called. */
  begun(): void
  holdTasks(): void
}

/** The place of one thread, whichever is in it at this moment. */
export interface ThreadSlot {
  current(): Thread
  /** Ends the thread and loads the module in a new one. */
  replace(): Promise<void>
}

export interface LaneOptions {
  readonly slot: ThreadSlot
  readonly opened: OpenExperiment
  /** In their order. */
  readonly evaluators: readonly string[]
  /** Told of what is no answer to a call. */
  answer(message: OtherAnswer): void
  /** Whether it reads the dataset at this moment. */
  isReading(): boolean
  notice(problem: Problem): void
  /** What was posted so far is on its way. */
  flushed(): void
  /** Everything that came together has been told. */
  received(): void
  /** There is a new thread, to which all calls that were under way have been given. */
  replaced(): void
  /** User code has ended the thread. */
  failed(error: Error): void
}

/** What a thread says of other things than calls. */
export type OtherAnswer = Exclude<FromThread, ResultMessage | readonly ['followed' | 'late' | 'pong', ...unknown[]]>

const DEAF: ThreadListener = { message() {}, flushed() {}, received() {}, ended() {} }

export function createLane(options: LaneOptions): Lane {
  const { slot, notice } = options
  // performance.timeOrigin is wall clock; both grow alike from here on.
  const wallOffset = performance.timeOrigin + performance.now() - monotonicNow()
  let state: 'opening' | 'open' | 'replacing' | 'ended' = 'opening'
  let replacements = 0
  let areTasksHeld = false
  /** Units that are closed with the messages of this tick. */
  let closed: number[] = []

  const post = (message: ToThread): void => {
    if (state !== 'replacing') slot.current().post(message)
  }
  const calls = createThreadCalls({
    post,
    lane: () => lane,
    progress: () => slot.current().progress,
    wallClock: (monotonic) => monotonic + wallOffset,
    suspect(call) {
      if (state !== 'replacing') inquest.suspect(call)
    },
    restartError: describeRestarts,
  })
  const inquest = createInquest({
    ping: (number) => post(['ping', number]),
    blocking: () => calls.blocking(),
    onBlocked: (call) => void replace('blocked', call?.subject()),
  })
  const listening = listen({
    isBusy: () => calls.size() > 0 || options.isReading(),
    ask: () => post(['ping', 0]),
    onSilent() {
      if (state !== 'replacing') notice(describeSilence(calls.suspects(), options.isReading()))
    },
  })
  const holdTasks = (): void => {
    areTasksHeld = true
    slot.current().progress.times[TASKS_HELD] = 1
  }
  const rest = (): void => {
    inquest.reset()
    listening.reset()
  }
  const fail = (info: ErrorInfo): void => {
    state = 'ended'
    inquest.reset()
    listening.end()
    const error = fromErrorInfo(info)
    calls.rejectAll(error)
    options.failed(error)
  }
  const end = (error: ErrorInfo, cause: DeathCause): void => {
    // Once: whoever uses up the memory of a second thread would use up that of any other.
    if (cause === 'memory' && calls.size() > 0 && !calls.wereLost()) void replace('out-of-memory', undefined)
    else fail(error)
  }
  const attach = (): void => {
    state = 'opening'
    rest()
    if (areTasksHeld) holdTasks()
    slot.current().listen({ message: receive, flushed, received: options.received, ended: end })
    post(['open', options.opened])
  }
  const flushed = (): void => {
    closed = []
    options.flushed()
  }

  // The first time its other calls begin together; where they block again, one after another, until it is clear which one does.
  const replace = async (why: 'blocked' | 'out-of-memory', blocking: ConsoleSource | undefined): Promise<void> => {
    state = 'replacing'
    slot.current().listen(DEAF)
    try {
      await slot.replace()
      replacements++
      attach()
      const isClear = why === 'out-of-memory' || (blocking !== undefined && replacements === 1)
      calls.restart(isClear ? 'together' : 'one-by-one')
      options.replaced()
      notice(describeReplacement(why, blocking))
    } catch (error) {
      fail(toErrorInfo('E_USER_CODE_ENDED', error))
    }
  }

  const receive = (message: FromThread): void => {
    listening.heard()
    if (message[0] === 'opened') state = 'open'
    // What is still under way belongs to the experiment that was open before.
    if (state !== 'open') return
    switch (message[0]) {
      case 'output':
      case 'failed':
      case 'evaluated':
      case 'summarized':
        return finishCall(message, calls)
      case 'followed': {
        const [, chain, texts] = message
        // Taken out first: a call that goes on takes its place.
        const found = calls.take(chain)
        return found?.resolve(readFollowUps({ call: chain, owner: found.owner }, texts, { ...options, calls }))
      }
      case 'late':
        calls.finish(message[1], undefined)
        return notice(describeLate(message[2], message[3]))
      case 'pong':
        return inquest.answered(message[1])
      default:
        return options.answer(message)
    }
  }

  const waiting = (): number => (state === 'open' ? calls.waiting() : 0)
  const lane: Lane = {
    calls,
    post,
    flush: () => slot.current().flush(),
    thread: () => (state === 'replacing' ? undefined : slot.current()),
    usage: () => slot.current().usage(),
    load() {
      if (state === 'opening') return calls.size()
      if (state !== 'open' || calls.isOneByOne()) return Number.POSITIVE_INFINITY
      return calls.waiting() + (calls.isInCall() ? 1 : 0)
    },
    waiting,
    close(unit) {
      if (closed.push(unit) === 1) post(['close', closed])
    },
    begun: listening.begin,
    holdTasks,
  }
  attach()
  return lane
}

function describeLate(what: string, key: string): Problem {
  const message = `${what} came to an end after its timeout; the result was discarded`
  return { type: 'problem', severity: 'warning', code: 'W_LATE_RESULT', message, key }
}

function describeRestarts(): ErrorInfo {
  const message = 'the call was under way in a thread that had to be replaced, and cannot be begun once more'
  return toErrorInfo('E_USER_CODE_ENDED', new LlmobsExpError('E_USER_CODE_ENDED', message))
}
