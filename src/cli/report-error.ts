import process from 'node:process'
import { renderError } from '../reporters/format/error.ts'
import { loadColors } from '../terminal/colors.ts'
import type { CommandContext } from './command-context.ts'
import { DEFECT, ENDED_EARLY, isDefect } from './exit-code.ts'

/** Milliseconds that output is given to leave the process after a defect. */
const LAST_MOMENT = 1_000

/** Prints the error that ended a command. */
export async function reportError(error: unknown, context: CommandContext): Promise<void> {
  const { stderr } = context.screen
  if (isDefect(error)) {
    const { renderDefect } = await import('./defect.ts')
    const hasBegun = process.exitCode === ENDED_EARLY
    await stderr.write(renderDefect(error, { ...context, hasBegun }))
  } else await stderr.write(renderError(error, { colors: await loadColors(stderr.colorLevel) }))
}

/**
 * Ends the process at an error that nobody caught. What else is under way is in a state nobody knows, so it must not go on;
 * everything that was told of is in the log already.
 */
export async function endWithDefect(error: unknown, context: CommandContext): Promise<void> {
  try {
    await reportError(error, context)
    const { stdout, stderr } = context.screen
    const moment = new Promise((resolve) => setTimeout(resolve, LAST_MOMENT))
    await Promise.race([Promise.allSettled([stdout.flush(), stderr.flush()]), moment])
  } finally {
    process.exit(DEFECT)
  }
}
