import { CommanderError } from 'commander'
import { renderError } from '../reporters/format/error.ts'
import { loadColors } from '../terminal/colors.ts'
import type { CommandContext } from './command-context.ts'
import { usageError } from './usage-error.ts'

/** Prints the error that ended a command before anything ran. */
export async function reportError(error: unknown, { screen }: CommandContext): Promise<void> {
  const colors = await loadColors(screen.stderr.colorLevel)
  const told = error instanceof CommanderError ? usageError(error) : error
  await screen.stderr.write(renderError(told, { colors }))
}
