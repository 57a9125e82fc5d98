import type { GivenFlags } from '../config/resolve.ts'
import { type EndReason, signalCodes } from '../model/outcome.ts'
import type { CommandContext } from './command-context.ts'
import { createEnding } from './ending.ts'
import { runCycle } from './run-cycle.ts'
import { startOptions } from './settings.ts'

/** Codes of commands that came to their own end. */
const verdicts: readonly number[] = [0, 1, 3]

/** `llmobs-exp run <file...>`: from what was asked for to an exit code. */
export async function run(patterns: readonly string[], flags: GivenFlags, context: CommandContext): Promise<number> {
  const settings = startOptions(flags, context)
  if (settings.given.values.watch) {
    const [{ watch }, { useFiles }] = await Promise.all([import('./watch.ts'), import('../load/used-files.ts')])
    return watch({ patterns, flags, places: useFiles(settings.places) }, context)
  }
  const ending = createEnding(context.screen.restore)
  try {
    const { exitCode } = await runCycle({ patterns, settings, ending }, context)
    return withSignal(exitCode, ending.stop.reason)
  } finally {
    await ending.close()
  }
}

/** A signal may come when everything has ended and reports are being written: it stands before the verdict. */
function withSignal(exitCode: number, end: EndReason | undefined): number {
  return end?.kind === 'signal' && verdicts.includes(exitCode) ? signalCodes[end.signal] : exitCode
}
