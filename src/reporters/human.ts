import type { RunEvent } from '../model/events.ts'
import type { Outcome } from '../model/outcome.ts'
import type { ExperimentView, GroupOutcome, Reporter, Screen } from '../model/ports.ts'
import { createConsolePrinter } from './console-printer.ts'
import { printDebug } from './debug-printer.ts'
import { createProblemPrinter } from './problem-printer.ts'
import type { ProgressDisplay } from './progress-display.ts'
import { createSummaryPrinter } from './summary-printer.ts'

export interface HumanOptions {
  readonly name: string
  readonly screen: Screen
  readonly progress: ProgressDisplay
  /** Whether summaries are printed, to stdout. */
  readonly ownsStdout: boolean
  /** Leaves only errors. */
  readonly quiet: boolean
  readonly debug: boolean
}

interface Followed {
  readonly view: ExperimentView
  /** Runs that were started and whose summary has not been printed. */
  readonly openRuns: Set<number>
}

/** What the reporters for people have in common: progress, problems and console on stderr, summaries on stdout. */
export function createHumanReporter({ name, screen, progress, ownsStdout, quiet, debug }: HumanOptions): Reporter {
  const problems = createProblemPrinter({ stderr: screen.stderr, onlyErrors: quiet, all: debug })
  const console = createConsolePrinter(screen.stderr)
  const summaries = createSummaryPrinter({ screen, ownsStdout, quiet })
  const concluded = new Set<string>()
  let current: Followed | undefined

  const follow = (view: ExperimentView): Followed => {
    if (current?.view.info.experimentId === view.info.experimentId) return current
    current = { view, openRuns: new Set() }
    progress.start(view)
    return current
  }
  const conclude = ({ view, openRuns }: Followed, outcome: Outcome) => {
    concluded.add(view.info.experimentId)
    const runs = [...openRuns].sort((a, b) => a - b).map((iteration) => view.run(iteration))
    openRuns.clear()
    const all = view.summary()
    const stopped = progress.stop()
    return summaries.add(async () => {
      await stopped
      for (const run of runs) await summaries.printRun({ view, run, isComplete: false })
      await summaries.printOutcome(view.info, outcome, all)
    })
  }
  const finishExperiment = async ({ info, outcome }: GroupOutcome['experiments'][number]) => {
    if (concluded.has(info.experimentId)) return
    if (current?.view.info.experimentId === info.experimentId) await conclude(current, outcome)
    else await summaries.printOutcome(info, outcome)
  }

  return {
    name,
    ownsStdout,
    event(event, view) {
      const followed = follow(view)
      return tell(event, followed)
    },
    console(chunk) {
      if (!quiet) console.push(chunk)
    },
    problem: (problem) => problems.print(problem),
    async finish(outcome) {
      await progress.stop()
      await console.finish()
      await summaries.add(() => {})
      for (const experiment of outcome.experiments) await finishExperiment(experiment)
      await problems.finish()
      await summaries.flush()
    },
  }

  function tell(event: RunEvent, followed: Followed): void | Promise<void> {
    const { view, openRuns } = followed
    switch (event.type) {
      case 'row-finished':
        return progress.rowFinished()
      case 'run-started':
        openRuns.add(event.iteration)
        return
      case 'run-finished': {
        openRuns.delete(event.iteration)
        const run = view.run(event.iteration)
        return summaries.add(() => summaries.printRun({ view, run, isComplete: true }))
      }
      case 'problem':
        return problems.print(event)
      case 'experiment-finished':
        return conclude(followed, event.outcome)
      case 'task-finished':
      case 'evaluation-finished':
        return debug ? printDebug(event, screen.stderr) : undefined
    }
  }
}
