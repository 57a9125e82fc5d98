import { originOf, type ResolvedOptions } from '../config/resolve.ts'
import { createMultiplexer, type Multiplexer } from '../reporters/multiplexer.ts'
import { resolveReporters } from '../reporters/registry.ts'
import type { CommandContext } from './command-context.ts'

/** @throws LlmobsExpError `E_OPTION` for a reporter that there is not, or that cannot write */
export async function createReporters(
  options: ResolvedOptions,
  { screen }: Pick<CommandContext, 'screen'>,
): Promise<Multiplexer> {
  const { quiet, debug, reporter, noGithub } = options.values
  const origin = originOf(options, 'reporter')
  return createMultiplexer(await resolveReporters(reporter, { screen, quiet, debug, origin, github: !noGithub }))
}
