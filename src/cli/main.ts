import { readFileSync } from 'node:fs'
import process from 'node:process'
import { createScreen } from '../terminal/screen.ts'
import type { CommandContext } from './command-context.ts'
import { ENDED_EARLY, exitCodeOf } from './exit-code.ts'
import { CommanderError, createProgram } from './program.ts'
import { createClock, createIds } from './system.ts'

/** Commander has printed what was asked for, or all there is to say to nothing. */
const helpCodes: ReadonlySet<string> = new Set(['commander.help', 'commander.helpDisplayed', 'commander.version'])

/** The command line, from its arguments to the exit code of this process. Never ends the process itself: a pipe would lose output. */
export async function main(argv: readonly string[]): Promise<void> {
  const context: CommandContext = {
    screen: createScreen(),
    clock: createClock(),
    ids: createIds(),
    env: process.env,
    currentFolder: process.cwd(),
    version: readVersion(),
  }
  const setExitCode = (code: number): void => {
    process.exitCode = code
  }
  try {
    await createProgram(context, setExitCode).parseAsync([...argv])
  } catch (error) {
    if (error instanceof CommanderError && helpCodes.has(error.code)) setExitCode(error.exitCode === 0 ? 0 : 2)
    else {
      const { reportError } = await import('./report-error.ts')
      await reportError(error, context)
      setExitCode(exitCodeOf(error, process.exitCode === ENDED_EARLY))
    }
  }
}

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  return version
}
