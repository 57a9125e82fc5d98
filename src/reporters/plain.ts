import type { Reporter } from '../model/ports.ts'
import { createHumanReporter } from './human.ts'
import { createMilestones } from './milestones.ts'
import { noProgress } from './progress-display.ts'
import type { TerminalOptions } from './terminal.ts'

export interface PlainOptions extends TerminalOptions {
  /** Whether summaries are printed to stdout; without, only what belongs on stderr is printed. @default true */
  readonly ownsStdout?: boolean
}

/** For CI and pipes: lines only, none of which is ever drawn over. */
export function createPlainReporter(options: PlainOptions): Reporter {
  const { screen, quiet = false, debug = false, progress = true, ownsStdout = true, ticker } = options
  return createHumanReporter({
    name: 'plain',
    screen,
    progress: progress && !quiet ? createMilestones(screen.stderr, ticker) : noProgress,
    ownsStdout,
    quiet,
    debug,
  })
}
