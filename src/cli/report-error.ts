import { renderError } from '../reporters/format/error.ts'
import { loadColors } from '../terminal/colors.ts'
import type { CommandContext } from './command-context.ts'

/** Prints the error that ended a command before anything ran. */
export async function reportError(error: unknown, { screen }: CommandContext): Promise<void> {
  const colors = await loadColors(screen.stderr.colorLevel)
  await screen.stderr.write(renderError(error, { colors }))
}
