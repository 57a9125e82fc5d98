import type { Plan } from '../../src/engine/plan.ts'
import { run } from '../../src/engine/run.ts'
import { createStopSwitch, type StopSwitch } from '../../src/engine/stop.ts'
import type { RunEvent } from '../../src/model/events.ts'
import type { Executor } from '../../src/model/executor.ts'
import type { Ids } from '../../src/model/ports.ts'
import { createFakeClock, type FakeClock, settle } from '../helpers/fake-clock.ts'
import { createFakeExecutor, type FakeExecutor, type FakeExecutorOptions } from '../helpers/fake-executor.ts'
import { memoryReader } from '../helpers/memory-reader.ts'

export function fakePlan(changes: Partial<Plan> = {}): Plan {
  return {
    experimentId: '20261122t081503-k3f9q2',
    name: 'exp',
    evaluators: [],
    summaryEvaluators: [],
    runs: 1,
    jobs: 4,
    timeout: 1_000,
    evalTimeout: 1_000,
    maxRetries: 0,
    raiseErrors: false,
    maxIdenticalErrors: 0,
    skipInvalid: false,
    selection: { filters: [], records: [] },
    firstSeq: 1,
    ...changes,
  }
}

export function fakeIds(random: () => number = () => 0.5): Ids {
  let uuids = 0
  return {
    experimentId: () => '20261122t081503-k3f9q2',
    uuid: () => `00000000-0000-4000-8000-${String(++uuids).padStart(12, '0')}`,
    random,
  }
}

/** An engine that is under way, with everything around it in the hands of the test. */
export interface Driven {
  readonly clock: FakeClock
  readonly executor: FakeExecutor
  readonly stop: StopSwitch
  /** What was written: a batch is as soon as the next one is asked for. */
  readonly written: readonly RunEvent[]
  /** Takes batches until there are none, and moves the clock on whenever nothing else happens. */
  finish(): Promise<readonly RunEvent[]>
  /** Takes batches in the background and leaves the clock alone. */
  read(): void
  /** Hands out one batch and does not come back for the next one. */
  take(): Promise<readonly RunEvent[]>
  /** Takes no further batch until `read` or `finish`. */
  hold(): void
}

export interface DriveOptions extends Omit<FakeExecutorOptions, 'clock' | 'evaluators'> {
  readonly plan?: Partial<Plan>
  readonly random?: () => number
  /** Wraps what the engine is given. */
  readonly wrap?: (executor: Executor) => Executor
  /** Told of each event as it is written. */
  readonly onEvent?: (event: RunEvent, driven: Pick<Driven, 'executor' | 'stop' | 'clock'>) => void
}

export function drive(options: DriveOptions): Driven {
  const plan = fakePlan(options.plan)
  const clock = createFakeClock()
  const executor = createFakeExecutor({ ...options, clock, evaluators: plan.evaluators })
  const stop = createStopSwitch()
  const written: RunEvent[] = []
  const ports = {
    executor: options.wrap?.(executor) ?? executor,
    reader: memoryReader(written),
    clock,
    ids: fakeIds(options.random),
  }
  const batches = run(plan, ports, stop)
  let reading: Promise<void> | undefined
  let isHeld = false
  let isDone = false

  const take = async (): Promise<readonly RunEvent[]> => {
    const next = await batches.next()
    if (next.done === true) {
      isDone = true
      return []
    }
    for (const event of next.value) {
      written.push(event)
      options.onEvent?.(event, { executor, stop, clock })
    }
    return next.value
  }
  const readAll = async (): Promise<void> => {
    while (!isDone && !isHeld) await take()
    reading = undefined
  }
  const read = (): void => {
    isHeld = false
    reading ??= readAll()
    reading.catch(() => {
      isDone = true
    })
  }
  return {
    clock,
    executor,
    stop,
    written,
    take,
    read,
    hold() {
      isHeld = true
    },
    async finish() {
      read()
      const current = reading
      let idle = 0
      while (!isDone) {
        const before = written.length
        await settle()
        if (isDone || written.length > before) continue
        if (clock.next()) idle = 0
        else if (++idle > 20) throw new Error('the engine waits for something that never comes')
      }
      await current
      return written
    },
  }
}
