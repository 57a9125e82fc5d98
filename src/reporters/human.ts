import { toErrorInfo } from '../model/error-info.ts'
import type { RunEvent } from '../model/events.ts'
import type { Reporter, Screen } from '../model/ports.ts'
import { sanitizeLine } from '../terminal/sanitize.ts'
import { excerpt } from '../terminal/wrap.ts'
import { createConsolePrinter } from './console-printer.ts'
import { printDebug } from './debug-printer.ts'
import { createFollower } from './follower.ts'
import { styleOf } from './format/style.ts'
import { createProblemPrinter } from './problem-printer.ts'
import type { ProgressDisplay } from './progress-display.ts'
import { createSummaryPrinter } from './summary-printer.ts'

const NOTE_LINES = 6

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

/** What the reporters for people have in common: progress, problems and console on stderr, summaries on stdout. */
export function createHumanReporter({ name, screen, progress, ownsStdout, quiet, debug }: HumanOptions): Reporter {
  const problems = createProblemPrinter({ stderr: screen.stderr, onlyErrors: quiet, all: debug })
  const console = createConsolePrinter(screen.stderr)
  const summaries = createSummaryPrinter({ screen, ownsStdout, quiet })
  const follower = createFollower(progress, summaries)

  // Nobody else would tell people: they have no other reporter.
  const tellLost = async (thrown: unknown): Promise<void> => {
    const message = `what reporter ${name} printed is not complete: ${toErrorInfo('E_REPORTER', thrown).message}`
    await problems.print({ severity: 'error', code: 'E_REPORTER', message })
    throw thrown
  }
  const tell = (event: RunEvent): void | Promise<void> => {
    switch (event.type) {
      case 'row-finished':
        if (debug) console.rowFinished(event)
        return progress.rowFinished()
      case 'run-finished':
        return follower.runFinished(event.iteration)
      case 'problem':
        return problems.print(event)
      case 'experiment-finished':
        return follower.experimentFinished(event.outcome)
      case 'task-finished':
      case 'evaluation-finished':
        return debug ? printDebug(event, screen.stderr) : undefined
    }
  }
  return {
    name,
    ownsStdout,
    event(event, view) {
      follower.follow(view)
      return tell(event)
    },
    console(chunk) {
      if (!quiet) console.push(chunk)
    },
    problem: (problem) => problems.print(problem),
    async note(text) {
      if (quiet) return
      const { colors, columns } = await styleOf(screen.stderr)
      const lines = screen.stderr.isTTY ? excerpt(text, { columns, lines: NOTE_LINES }) : [sanitizeLine(text)]
      await screen.stderr.write(`${colors.dim(lines.join('\n'))}\n`)
    },
    async finish(outcome) {
      await console.finish()
      await follower.finish(outcome)
      await problems.finish()
      await summaries.flush().catch(tellLost)
    },
  }
}
