import { fromErrorInfo } from '../../model/error-info.ts'
import type { Problem } from '../../model/events.ts'
import type { DatasetCheck, Executor, Gauges } from '../../model/executor.ts'
import type { Crew } from './crew.ts'
import { createGrowth } from './growth.ts'
import { createLane, type Lane, type LaneOptions, type OtherAnswer, type ThreadSlot } from './lane.ts'
import { type OpenExperiment, PORTION } from './protocol.ts'
import { createRecordReceiver } from './record-receiver.ts'
import { sendSummary } from './send-summary.ts'
import { idlest, type Lanes, SPREAD_EACH, spread } from './spread.ts'
import { ThreadUnit, type UnitTools } from './thread-unit.ts'

/** An executor with user code in worker threads. A thread that blocks past a timeout is replaced. */
export interface ThreadExecutor extends Executor {
  /** Reads the dataset through once, so that a bad record is found before the first task. */
  check(): Promise<DatasetCheck>
}

export interface ExecutedExperiment extends OpenExperiment {
  /** In their order. */
  readonly evaluators: readonly string[]
  /** @default one */
  readonly threads?: ThreadLimits
}

/** In how many threads calls are made. Where it is more than one, the dataset is read in one more. */
export interface ThreadLimits {
  /** From its first task on. */
  readonly atOnce: number
  /** When its code turns out to block. */
  readonly atMost: number
}

/** The threads of the module, for one experiment. */
export interface OpenCrew extends Pick<Crew, 'first' | 'further' | 'slot'> {
  /** Milliseconds of processor time that this process has used. */
  processorTime(): number
  /** Whether this is still the experiment that is open. */
  isOpen(): boolean
}

const ONE: ThreadLimits = { atOnce: 1, atMost: 1 }

export function createThreadExecutor(experiment: ExecutedExperiment, crew: OpenCrew): ThreadExecutor {
  const { evaluators, threads = ONE, ...opened } = experiment
  let notice = (_problem: Problem): void => {}
  let areTasksHeld = false
  let nextUnit = 0
  let nextSummary = 0
  let tasksCalled = 0
  let portion = 0
  let portionSize = 1
  let failure: Error | undefined
  let checking: { resolve(check: DatasetCheck): void; reject(error: Error): void } | undefined
  let isSpreadDue = false
  let pulse: NodeJS.Timeout | undefined

  const fail = (error: Error): void => {
    failure = error
    clearInterval(pulse)
    for (const { calls } of lanes) calls.refuse(error)
    records.fail(error)
    checking?.reject(error)
  }
  const answer = (message: OtherAnswer): void => {
    if (message[0] === 'checked') checking?.resolve(message[1])
    else if (message[0] === 'check-failed') checking?.reject(fromErrorInfo(message[1]))
    else if (message[0] === 'records') records.receive(message[1], message[2])
    else if (message[0] === 'read-failed') records.fail(fromErrorInfo(message[1]))
  }
  const shared = {
    opened,
    evaluators,
    answer,
    notice: (problem: Problem) => notice(problem),
    flushed() {
      portion = 0
    },
    received: () => spreadSoon(),
    failed: fail,
  }
  const only = { isReading: () => false, replaced() {} }
  const reading: Pick<LaneOptions, 'isReading' | 'replaced'> = {
    isReading: () => records.isReading(),
    replaced: () => records.restart(),
  }
  const records = createRecordReceiver((request) => {
    first.post(request)
    // The first task waits for its record: the thread reads while this one goes on.
    if (request[0] === 'read') first.flush()
  })
  const lanes: Lane[] = []
  const first = createLane({ ...shared, ...reading, slot: crew.first })
  /**
   * Those that calls are begun in. The first is none of them once there are others: reading the dataset must not wait for a call
   * that blocks.
   */
  let working: Lanes = [first]
  lanes.push(first)

  // What comes of results is called by then.
  const spreadSoon = (): void => {
    if (isSpreadDue || lanes.length === 1) return
    isSpreadDue = true
    setImmediate(() => {
      isSpreadDue = false
      spread(lanes, working)
    })
  }
  const addLane = (slot: ThreadSlot): void => {
    if (!crew.isOpen()) return
    const lane = createLane({ ...shared, ...only, slot })
    if (failure !== undefined) lane.calls.refuse(failure)
    if (areTasksHeld) lane.holdTasks()
    lane.begun()
    lanes.push(lane)
    working = working[0] === first ? [lane] : [...working, lane]
    spread(lanes, working)
  }
  const growth = createGrowth({
    atMost: threads.atMost,
    // Those that an experiment before had already.
    atOnce: Math.max(threads.atOnce, Math.min(crew.further(), threads.atMost)),
    working: () => working,
    crew,
    add: addLane,
    notice: (problem) => notice(problem),
  })
  const beat = (): void => {
    if (lanes.some(({ calls }) => calls.size() > 0)) {
      growth.look()
      spread(lanes, working)
    } else {
      clearInterval(pulse)
      pulse = undefined
    }
  }
  const begin = (): void => {
    for (const lane of lanes) lane.begun()
    if (threads.atMost === 1 || pulse !== undefined) return
    pulse = setInterval(beat, SPREAD_EACH).unref()
    // Units may come from elsewhere than the dataset.
    void growth.begin()
  }

  const unitTools: UnitTools = {
    evaluators,
    pick(home) {
      if (lanes.length === 1) return first
      const best = idlest(working)
      return home !== undefined && home !== first && home.load() <= best.load() ? home : best
    },
    // In two portions a tick: while the thread works on one of them, the results of the other are written.
    taskPosted(lane) {
      tasksCalled++
      if (++portion < portionSize) return
      portion = 0
      lane.flush()
    },
  }

  return {
    check() {
      if (failure !== undefined) return Promise.reject(failure)
      return new Promise((resolve, reject) => {
        checking = { resolve, reject }
        first.post(['check'])
      })
    },
    records({ batchSize }) {
      first.begun()
      portionSize = Math.min(Math.ceil(batchSize / 2), PORTION)
      const starting = growth.begin()
      const read = records.read(batchSize)
      return starting === undefined ? read : after(starting, read)
    },
    open(record, iteration, generation = 0) {
      begin()
      return new ThreadUnit(nextUnit++, { record, iteration, generation }, unitTools)
    },
    summarize: (rows) => sendSummary(rows, nextSummary++, first),
    holdTasks() {
      areTasksHeld = true
      for (const lane of lanes) lane.holdTasks()
    },
    gauges: () => ({ ...sumGauges(lanes), tasksCalled }),
    onNotice(listener) {
      notice = listener
    },
  }
}

/** Only where there is something to wait for: handing items on costs a few turns for each. */
async function* after<T>(starting: Promise<void>, items: AsyncIterable<T>): AsyncGenerator<T, void> {
  await starting
  yield* items
}

function sumGauges(lanes: readonly Lane[]): Omit<Gauges, 'tasksCalled'> {
  return {
    callsInFlight: lanes.reduce((sum, { calls }) => sum + calls.inFlight(), 0),
    expiredCalls: lanes.reduce((sum, { calls }) => sum + calls.expired(), 0),
  }
}
