import { StoppedError, type StopSwitch } from './stop.ts'

export type CallKind = 'task' | 'evaluator'

/** At most so many calls of user code at once. Evaluators of a finished task go before new tasks. */
export interface Slots {
  /** Resolves when the caller may make its call; undefined when it may at once. Throws `StoppedError` when the experiment is being ended. */
  acquire(kind: CallKind): Promise<void> | undefined
  /** Gives one slot back. */
  readonly release: { readonly [K in CallKind]: () => void }
  /** Whether tasks and evaluators share one limit, so that an evaluator may go on in the slot of its task. */
  readonly areShared: boolean
}

export interface SlotLimits {
  readonly jobs: number
  /** A limit of their own for evaluators; without it they share `jobs`. */
  readonly evalJobs?: number
}

export function createSlots({ jobs, evalJobs }: SlotLimits, stop: StopSwitch): Slots {
  const tasks = createLane(jobs)
  const evaluators = evalJobs === undefined ? tasks : createLane(evalJobs)
  stop.onStop(() => {
    refuseWaiting(tasks)
    refuseWaiting(evaluators)
  })
  return {
    acquire(kind) {
      if (stop.reason !== undefined) throw new StoppedError()
      const lane = kind === 'task' ? tasks : evaluators
      if (lane.free > 0) {
        lane.free--
        return undefined
      }
      return new Promise((resolve, reject) => lane.waiting[kind].push({ resolve, reject }))
    },
    release: { task: () => release(tasks), evaluator: () => release(evaluators) },
    areShared: evalJobs === undefined,
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

function release(lane: Lane): void {
  const next = lane.waiting.evaluator.shift() ?? lane.waiting.task.shift()
  if (next === undefined) lane.free++
  else next.resolve()
}

function refuseWaiting({ waiting }: Lane): void {
  for (const waiter of [...waiting.evaluator.splice(0), ...waiting.task.splice(0)]) waiter.reject(new StoppedError())
}
