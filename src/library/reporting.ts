import process from 'node:process'
import type { ResolvedOptions } from '../config/resolve.ts'
import type { ConsoleChunk, Screen } from '../model/ports.ts'
import { createMultiplexer, type Multiplexer } from '../reporters/multiplexer.ts'

/** Who is told of a run, and whether that is anybody. */
export interface RunReporters extends Multiplexer {
  readonly isSilent: boolean
}

/** One for the whole process: it listens to stdout and stderr. */
let screen: Screen | undefined

/**
 * The reporters that were asked for by the caller: a variable must not make a library print.
 * @throws LlmobsExpError `E_OPTION`
 */
export async function createRunReporters(options: ResolvedOptions): Promise<RunReporters> {
  if (options.sources.get('reporter') !== 'flag') return { ...createMultiplexer([]), isSilent: true }
  const [{ createReporters }, { createScreen }] = await Promise.all([
    import('../cli/create-reporters.ts'),
    import('../terminal/screen.ts'),
  ])
  screen ??= createScreen()
  return { ...(await createReporters(options, { screen })), isSilent: false }
}

/** Where code of another thread prints: to the reporters, else where it would have printed in this one. */
export function createConsole({ isSilent, console }: RunReporters): (chunk: ConsoleChunk) => void {
  return isSilent ? ({ stream, text }) => void process[stream].write(text) : console
}
