import type { RunOptions } from '../config/options.ts'
import { LlmobsExpError } from '../model/errors.ts'
import type { TextSink } from '../model/ports.ts'
import { renderChanges } from '../reporters/format/changes.ts'
import { styleOf } from '../reporters/format/style.ts'
import { renderTurn, renderWatching } from '../reporters/format/watch.ts'
import { type ComparedExperiment, digestExperiment, findChanges } from '../session/changes.ts'
import type { EndedExperiment, EndedGroup } from '../session/run-group.ts'
import { sanitizeLine } from '../terminal/sanitize.ts'
import type { CommandContext } from './command-context.ts'
import { reportError } from './report-error.ts'

/** What `run --watch` says beside what each run says. Nothing of it with `--quiet`. */
export interface WatchPrinter {
  /** Options may change from run to run. */
  use(options: RunOptions): void
  /** Another run begins. */
  turn(message: string): Promise<void>
  /** What differs from the last complete execution of each experiment. */
  changes(group: EndedGroup): Promise<void>
  watching(files: number): Promise<void>
  /** Once more, so that it is the last line. */
  lastLine(line: string): Promise<void>
}

export function createWatchPrinter(context: CommandContext, hasKeys: boolean): WatchPrinter {
  const { stdout, stderr } = context.screen
  const known = new Map<string, ComparedExperiment>()
  let isQuiet = false
  let sink: TextSink = stdout

  const printChanges = async ({ view, outcome, info }: EndedExperiment): Promise<void> => {
    if (outcome.status === 'stopped') return
    const after = await digestExperiment(view)
    const before = known.get(info.name)
    known.set(info.name, after)
    if (before === undefined) return
    const changes = await findChanges(before, after)
    await sink.write(`${renderChanges(changes, await styleOf(sink))}\n`)
  }
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
    async changes({ experiments }) {
      if (isQuiet) return
      try {
        for (const experiment of experiments) await printChanges(experiment)
      } catch (error) {
        if (!(error instanceof LlmobsExpError)) throw error
        // The run has ended, and its numbers stand above.
        await reportError(error, context)
      }
    },
    async watching(files) {
      if (!isQuiet) await stderr.write(renderWatching(files, hasKeys, await styleOf(stderr)))
    },
    async lastLine(line) {
      if (!isQuiet) await stderr.write(`${sanitizeLine(line)}\n`)
    },
  }
}
