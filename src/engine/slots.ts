import { StoppedError, type StopSwitch } from './stop.ts'

export type CallKind = 'task' | 'evaluator'

/** At most so many calls of user code at once. Evaluators of a finished task go before new tasks. */
export interface Slots {
  /** Resolves when the caller may make its call. Throws `StoppedError` when the experiment is being ended. */
  acquire(kind: CallKind): Promise<void> | undefined
  release(kind: CallKind): void
}

export interface SlotLimits {
  readonly jobs: number
  /** A limit of their own for evaluators; without it they share `jobs`. */
  readonly evalJobs?: number
}

export function createSlots(limits: SlotLimits, stop: StopSwitch): Slots {
  const tasks = createLane(limits.jobs)
  const evaluators = limits.evalJobs === undefined ? tasks : createLane(limits.evalJobs)
  const laneOf = (kind: CallKind): Lane => (kind === 'task' ? tasks : evaluators)

  stop.onStop(() => {
    for (const lane of new Set([tasks, evaluators])) refuseWaiting(lane)
  })

  return {
    acquire(kind) {
      if (stop.reason !== undefined) throw new StoppedError()
      const lane = laneOf(kind)
      if (lane.free > 0) {
        lane.free--
        return undefined
      }
      return new Promise((resolve, reject) => lane.waiting[kind].push({ resolve, reject }))
    },
    release(kind) {
      const lane = laneOf(kind)
      const next = lane.waiting.evaluator.shift() ?? lane.waiting.task.shift()
      if (next === undefined) lane.free++
      else next.resolve()
    },
  }
}

interface Waiter {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

interface Lane {
  free: number
  readonly waiting: { readonly [K in CallKind]: Waiter[] }
}

function createLane(size: number): Lane {
  return { free: size, waiting: { task: [], evaluator: [] } }
}

function refuseWaiting(lane: Lane): void {
  for (const waiter of [...lane.waiting.evaluator.splice(0), ...lane.waiting.task.splice(0)]) {
    waiter.reject(new StoppedError())
  }
}
