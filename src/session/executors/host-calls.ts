import type { Post } from './host.ts'
import { monotonicNow } from './monotonic.ts'

/** The calls of user code that are under way in this thread. */
export interface HostCalls {
  /** Calls user code and posts what comes of it. `run` gets the call and returns the message; it must not throw or reject. */
  start(options: StartCall): void
  /** Aborts the signal that user code was given, if it asked for it. */
  abort(call: number): void
  /** As `abort`; what still comes of the call is posted as late. */
  abandon(call: number): void
}

export interface StartCall {
  readonly call: number
  readonly slot: number
  /** For the notice of a late result. */
  readonly what: string
  readonly key: string
  run(running: RunningCall): Promise<Parameters<Post>[0]>
}

export interface RunningCall {
  readonly call: number
  /** Monotonic milliseconds at which user code was entered. */
  readonly startedAt: number
  /** Made when it is first asked for: most user code never does. */
  signal(): AbortSignal
}

interface CallState extends RunningCall {
  controller: AbortController | undefined
  isAborted: boolean
  isAbandoned: boolean
}

export function createCalls(post: Post, startTimes: Float64Array): HostCalls {
  const running = new Map<number, CallState>()

  const finish = ({ call, what, key }: StartCall, state: CallState, message: Parameters<Post>[0]): void => {
    running.delete(call)
    post(state.isAbandoned ? ['late', call, what, key] : message)
  }
  const abort = (call: number, isAbandoned: boolean): void => {
    const state = running.get(call)
    if (state === undefined) return
    state.isAborted = true
    state.isAbandoned ||= isAbandoned
    state.controller?.abort()
  }

  return {
    start(options) {
      const startedAt = monotonicNow()
      if (options.slot >= 0) startTimes[options.slot] = startedAt
      const state = createState(options.call, startedAt)
      running.set(options.call, state)
      void options.run(state).then((message) => finish(options, state, message))
    },
    abort: (call) => abort(call, false),
    abandon: (call) => abort(call, true),
  }
}

function createState(call: number, startedAt: number): CallState {
  const state: CallState = {
    call,
    startedAt,
    controller: undefined,
    isAborted: false,
    isAbandoned: false,
    signal() {
      state.controller ??= new AbortController()
      if (state.isAborted) state.controller.abort()
      return state.controller.signal
    },
  }
  return state
}
