import type { RunOptions } from '../config/options.ts'
import type { ExperimentChanges } from '../model/changes.ts'
import type { TextSink } from '../model/ports.ts'
import { renderChanges } from '../reporters/format/changes.ts'
import { styleOf } from '../reporters/format/style.ts'
import { renderTurn, renderWatching } from '../reporters/format/watch.ts'
import { sanitizeLine } from '../terminal/sanitize.ts'
import type { CommandContext } from './command-context.ts'

/** What `run --watch` says beside what each run says. Nothing of it with `--quiet`. */
export interface WatchPrinter {
  /** Options may change from run to run. */
  use(options: RunOptions): void
  /** Another run begins. */
  turn(message: string): Promise<void>
  changes(changes: readonly ExperimentChanges[]): Promise<void>
  /** `failing`: how many records could be run again. */
  watching(counts: { readonly files: number; readonly failing: number }): Promise<void>
  /** Once more, so that it is the last line. */
  lastLine(line: string): Promise<void>
}

export function createWatchPrinter(context: CommandContext, hasKeys: boolean): WatchPrinter {
  const { stdout, stderr } = context.screen
  let isQuiet = false
  let sink: TextSink = stdout

  return {
    use({ quiet, reporter }) {
      isQuiet = quiet
      // A reporter for machines has stdout for itself.
      sink = reporter.includes('ndjson') ? stderr : stdout
    },
    async turn(message) {
      if (isQuiet) return
      const style = { ...(await styleOf(stderr)), isTTY: stderr.isTTY }
      await stderr.write(renderTurn(message, new Date(context.clock.now()), style))
    },
    async changes(changes) {
      if (isQuiet) return
      for (const one of changes) await sink.write(`${renderChanges(one, await styleOf(sink))}\n`)
    },
    async watching(counts) {
      if (!isQuiet) await stderr.write(renderWatching(counts, hasKeys, await styleOf(stderr)))
    },
    async lastLine(line) {
      if (!isQuiet) await stderr.write(`${sanitizeLine(line)}\n`)
    },
  }
}
