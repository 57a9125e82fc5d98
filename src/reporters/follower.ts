import type { Outcome } from '../model/outcome.ts'
import type { ExperimentView, GroupOutcome } from '../model/ports.ts'
import type { RunSummary } from '../model/summary.ts'
import type { ProgressDisplay } from './progress-display.ts'
import type { SummaryPrinter } from './summary-printer.ts'

/** Keeps up with one experiment after the other: shows its progress, then prints each run once, and its outcome once. */
export interface Follower {
  /** There is something new of this experiment; the first time its progress appears. */
  follow(view: ExperimentView): void
  runFinished(iteration: number): Promise<void>
  experimentFinished(outcome: Outcome): Promise<void>
  /** Prints what has not been printed yet: an experiment whose end was not told, or that was never started. */
  finish(outcome: GroupOutcome): Promise<void>
}

interface Followed {
  readonly view: ExperimentView
  /** Runs whose summary has been printed. */
  readonly printed: Set<number>
}

export function createFollower(progress: ProgressDisplay, summaries: SummaryPrinter): Follower {
  const concluded = new Set<string>()
  let current: Followed | undefined

  const conclude = async ({ view, printed }: Followed, outcome: Outcome) => {
    concluded.add(view.info.experimentId)
    // Nobody looks at numbers that the next run is about to replace, and there are none of what was never begun.
    const isOutOfDate = outcome.status === 'stopped' && outcome.reason.kind === 'out-of-date'
    const hasNumbers = !isOutOfDate && outcome.exitCode !== 2
    // Numbers are taken now: what is printed before may take a while.
    const runs = hasNumbers ? runsOf(view).filter(({ iteration }) => !printed.has(iteration)) : []
    const all = hasNumbers ? view.summary() : undefined
    const stopped = progress.stop()
    await summaries.add(async () => {
      await stopped
      for (const run of runs) await summaries.printRun({ view, run, isComplete: isComplete(run, view) })
      const comparison = outcome.status === 'stopped' ? undefined : await view.comparison
      await summaries.printOutcome(view.info, outcome, { summary: all, comparison })
    })
  }
  return {
    follow(view) {
      if (current?.view.info.experimentId === view.info.experimentId) return
      current = { view, printed: new Set() }
      progress.start(view)
    },
    async runFinished(iteration) {
      if (current === undefined) return
      const { view, printed } = current
      printed.add(iteration)
      const run = view.run(iteration)
      if (isEmpty(run)) return
      await summaries.add(() => summaries.printRun({ view, run, isComplete: true }))
    },
    async experimentFinished(outcome) {
      if (current !== undefined) await conclude(current, outcome)
    },
    async finish({ experiments }) {
      await progress.stop()
      await summaries.add(() => {})
      for (const { info, outcome } of experiments) {
        if (concluded.has(info.experimentId)) continue
        if (current?.view.info.experimentId === info.experimentId) await conclude(current, outcome)
        else await summaries.printOutcome(info, outcome)
      }
      for (const { comparison } of experiments) {
        if (comparison !== undefined) await summaries.printComparison(comparison)
      }
      for (const { info, delivery } of experiments) {
        if (delivery !== undefined) await summaries.printDelivery(info, delivery)
      }
    },
  }
}

/** A run whose records were all left out. */
function isEmpty({ rows }: RunSummary): boolean {
  return Object.values(rows).every((count) => count === 0)
}

/** Runs that have begun, by this command or one before. */
function runsOf(view: ExperimentView): RunSummary[] {
  const iterations = Array.from({ length: view.info.runs }, (_, index) => index + 1)
  return iterations.map((iteration) => view.run(iteration)).filter(({ runId }) => runId !== '')
}

function isComplete({ rows, summaries }: RunSummary, { info }: ExperimentView): boolean {
  return rows.pending + rows.cancelled === 0 && summaries.length === info.summaryEvaluators.length
}
