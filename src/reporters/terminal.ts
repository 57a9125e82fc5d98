import type { Reporter, Screen } from '../model/ports.ts'
import { canDrawLiveArea } from '../terminal/live-area.ts'
import type { Ticker } from '../terminal/ticker.ts'
import { createHumanReporter } from './human.ts'
import { createLiveProgress } from './live-progress.ts'
import { createPlainReporter } from './plain.ts'
import { noProgress } from './progress-display.ts'

export interface TerminalOptions {
  readonly screen: Screen
  /** Leaves only errors. @default false */
  readonly quiet?: boolean
  /** Prints also failed and repeated calls. @default false */
  readonly debug?: boolean
  /** Whether progress is shown. @default true */
  readonly progress?: boolean
  readonly ticker?: Ticker
}

/** For people at a terminal: a live area, and summaries on stdout. Prints lines instead where nothing can be drawn. */
export function createTerminalReporter(options: TerminalOptions): Reporter {
  const { screen, quiet = false, debug = false, progress = true, ticker } = options
  if (!canDrawLiveArea(screen)) return { ...createPlainReporter(options), name: 'terminal' }
  return createHumanReporter({
    name: 'terminal',
    screen,
    progress: progress && !quiet ? createLiveProgress(screen, ticker) : noProgress,
    ownsStdout: true,
    quiet,
    debug,
  })
}
