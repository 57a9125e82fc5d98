import process from 'node:process'
import type { Workers } from '../session/executors/workers.ts'
import { createScreen } from '../terminal/screen.ts'
import type { CommandContext } from './command-context.ts'
import { DEFECT, exitCodeOf } from './exit-code.ts'
import { CommanderError, createProgram } from './program.ts'
import { createSecrets } from './secrets.ts'
import { createClock, createIds } from './system.ts'
import { usageError } from './usage-error.ts'
import { readVersion } from './version.ts'

/** Commander has printed what was asked for, or all there is to say to nothing. */
const helpCodes: ReadonlySet<string> = new Set(['commander.help', 'commander.helpDisplayed', 'commander.version'])

/**
 * The command line, from its arguments to the exit code of this process. Never ends the process itself, for a pipe would lose
 * output; but for an error that nobody caught.
 */
export async function main(argv: readonly string[], workers: Workers): Promise<void> {
  const secrets = createSecrets(process.env)
  const context: CommandContext = {
    screen: createScreen(secrets.mask),
    secrets,
    clock: createClock(),
    ids: createIds(),
    workers,
    env: process.env,
    addedToEnv: new Map(),
    currentFolder: process.cwd(),
    version: readVersion(),
  }
  const setExitCode = (code: number): void => {
    process.exitCode = code
  }
  watchForDefects(context)
  setExitCode(DEFECT)
  try {
    await createProgram(context, setExitCode).parseAsync([...argv])
  } catch (error) {
    if (error instanceof CommanderError && helpCodes.has(error.code)) setExitCode(error.exitCode === 0 ? 0 : 2)
    else {
      const { reportError } = await import('./report-error.ts')
      await reportError(error instanceof CommanderError ? usageError(error) : error, context)
      setExitCode(error instanceof CommanderError ? 2 : exitCodeOf(error))
    }
  }
}

/** User code runs in threads: what nobody catches here is a defect, and must not look like a verdict. */
function watchForDefects(context: CommandContext): void {
  let isEnding = false
  process.on('uncaughtException', (error) => {
    if (isEnding) return
    isEnding = true
    import('./report-error.ts')
      .then(({ endWithDefect }) => endWithDefect(error, context))
      .catch(() => process.exit(DEFECT))
  })
}
