import { availableParallelism } from 'node:os'
import { LlmobsExpError } from '../../model/errors.ts'
import type { Problem } from '../../model/events.ts'
import type { Lane, ThreadSlot } from './lane.ts'
import { monotonicNow } from './monotonic.ts'
import { SPREAD_EACH } from './spread.ts'
import type { LoopUsage } from './thread.ts'
import type { OpenCrew, ThreadLimits } from './thread-executor.ts'

/** Decides how many threads an experiment has. */
export interface Growth {
  /** Before the first task: resolves when calls can be made where they are to be made. */
  begin(): Promise<void>
  /** While calls are under way, at each beat. */
  look(): void
}

export interface GrowthOptions extends ThreadLimits {
  /** Where calls are made at this moment. */
  working(): readonly Lane[]
  readonly crew: Pick<OpenCrew, 'slot' | 'processorTime'>
  /** A further thread is ready. */
  add(slot: ThreadSlot): void
  notice(problem: Problem): void
}

/** How long threads are watched before more are started, in milliseconds, and how much of that they must have been busy. */
const WATCHED = 2_000
const BUSY = 0.5

/** How much of it the main thread may have been busy: beyond that threads wait for it, not it for them. */
const MAIN_BUSY = 0.75

interface Moment {
  readonly threads: readonly LoopUsage[]
  readonly main: LoopUsage
  readonly processorTime: number
  readonly at: number
}

export function createGrowth({ atOnce, atMost, working, crew, add, notice }: GrowthOptions): Growth {
  let limit = atMost
  let wanted = 1
  let moments: Moment[] = []

  const stopAt = (error: unknown): void => {
    if (limit === 0) return
    limit = 0
    notice(describeFailure(error))
  }
  const addOne = async (index: number): Promise<void> => {
    try {
      add(await crew.slot(index))
    } catch (error) {
      stopAt(error)
    }
  }
  /** Resolves when the first of them is there. */
  const growTo = async (count: number): Promise<void> => {
    // The first thread makes no more calls once there are others.
    const from = wanted === 1 ? 0 : wanted
    wanted = count
    await Promise.race(Array.from({ length: count - from }, (_, index) => addOne(from + index)))
  }
  const measure = (): Moment => ({
    threads: working().map((lane) => lane.usage()),
    main: performance.eventLoopUtilization(),
    processorTime: crew.processorTime(),
    at: monotonicNow(),
  })

  return {
    async begin() {
      if (wanted < atOnce) await growTo(atOnce)
    },
    look() {
      const lanes = working()
      if (wanted >= limit || lanes.length < wanted) return
      const now = measure()
      const [then] = moments
      moments.push(now)
      if (then === undefined || moments.length <= WATCHED / SPREAD_EACH) return
      moments.shift()
      if (!lanes.every(({ calls }) => calls.size() > 0) || !areBusy(then, now)) return
      const count = Math.min(limit, wantedThreads(then, now))
      if (count <= wanted) return
      moments = []
      notice(describeGrowth(wanted === 1 ? count : count - wanted))
      void growTo(count)
    },
  }
}

/** Whether user code keeps all threads busy while the main thread has time. */
function areBusy(then: Moment, now: Moment): boolean {
  if (busyShare(then.main, now.main) > MAIN_BUSY) return false
  return now.threads.every((usage, index) => busyShare(then.threads[index] ?? usage, usage) > BUSY)
}

function busyShare(then: LoopUsage, now: LoopUsage): number {
  const active = now.active - then.active
  const idle = now.idle - then.idle
  return active + idle === 0 ? 0 : active / (active + idle)
}

/** As many as keep all processors busy, going by how much of one a thread of them takes: one that only waits takes next to none. */
function wantedThreads(then: Moment, now: Moment): number {
  const processors = Math.max((now.processorTime - then.processorTime) / (now.at - then.at), 0.01)
  return Math.round((now.threads.length * availableParallelism()) / processors)
}

function describeGrowth(added: number): Problem {
  const threads = added === 1 ? 'one more thread is' : `${added} more threads are`
  const message = `user code blocks its thread: ${threads} started; --threads 1 keeps it at one`
  return { type: 'problem', severity: 'warning', code: 'W_THREADS_ADDED', message }
}

function describeFailure(thrown: unknown): Problem {
  const reason = thrown instanceof LlmobsExpError || thrown instanceof Error ? thrown.message : String(thrown)
  const message = `the module cannot be loaded in one more thread: ${reason}`
  return { type: 'problem', severity: 'warning', code: 'W_THREAD_START', message }
}
