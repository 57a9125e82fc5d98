import type { ExperimentView, TextSink } from '../model/ports.ts'
import { realTicker, type Ticker } from '../terminal/ticker.ts'
import { formatMilestone, formatStart } from './format/progress.ts'
import type { ProgressDisplay } from './progress-display.ts'

const TICK_MS = 10_000
const STEPS = 10
/** What comes sooner after another line tells nobody anything. */
const MIN_MS = 1_000
/** After so many lines that only time has brought, they come every 20 s instead of every 10 s. */
const FAST_LINES = 10
const SLOW_TICKS = 2

/** Progress as lines: one at each tenth of the rows, and one when 10 s, later up to 30 s, have passed without. */
export function createMilestones(stderr: TextSink, ticker: Ticker = realTicker): ProgressDisplay {
  let current: { rowFinished(): void; stop(): void } | undefined
  return {
    start(view) {
      current?.stop()
      current = startMilestones(view, stderr, ticker)
    },
    rowFinished: () => current?.rowFinished(),
    stop: () => current?.stop(),
  }
}

function startMilestones(view: ExperimentView, stderr: TextSink, ticker: Ticker) {
  const start = view.progress()
  const { rowsPlanned } = start
  const step = rowsPlanned === undefined ? Number.POSITIVE_INFINITY : Math.max(Math.ceil(rowsPlanned / STEPS), 1)
  let rowsDone = start.rowsDone
  let quietTicks = 0
  let timedLines = 0
  let printedAt = Number.NEGATIVE_INFINITY
  const print = (line: string) => {
    quietTicks = 0
    printedAt = ticker.now()
    void stderr.write(`${line}\n`)
  }
  print(formatStart(view.info, start))
  const stop = ticker.every(TICK_MS, () => {
    quietTicks += 1
    if (quietTicks < (timedLines < FAST_LINES ? 1 : SLOW_TICKS)) return
    timedLines += 1
    print(formatMilestone(view.info, view.progress()))
  })
  return {
    rowFinished() {
      rowsDone += 1
      const isMilestone = rowsDone % step === 0 && ticker.now() - printedAt >= MIN_MS
      if (isMilestone || rowsDone === rowsPlanned) print(formatMilestone(view.info, view.progress()))
    },
    stop,
  }
}
