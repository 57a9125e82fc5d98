import { toCommandError } from '../../backends/datadog/command-error.ts'
import { createDatadogRemote, type DatadogRemote } from '../../backends/datadog/remote.ts'
import { requireSettings } from '../../backends/datadog/required-settings.ts'
import type { GivenFlags } from '../../config/given.ts'
import { signalCodes } from '../../model/outcome.ts'
import type { CommandContext } from '../command-context.ts'
import { createEnding } from '../ending.ts'
import { readOptions } from '../read-options.ts'

export interface DatasetJob {
  readonly remote: DatadogRemote
  /** Name of the project. */
  readonly project: string
  /** Aborted by a signal to the process. */
  readonly signal: AbortSignal
}

/**
 * Does something with datasets at Datadog, whose failures are the command's.
 * @param asker the command, for messages
 */
export async function withDatadog(
  asker: string,
  { flags, context }: { readonly flags: GivenFlags; readonly context: CommandContext },
  work: (job: DatasetJob) => Promise<number>,
): Promise<number> {
  const ending = createEnding(context.screen.restore)
  const controller = new AbortController()
  ending.stop.onStop(() => controller.abort())
  let remote: DatadogRemote | undefined
  try {
    // --tag is of records here.
    const { tag: _tag, ...shared } = flags
    const options = await readOptions(shared, ending, context)
    const settings = requireSettings(context.env, asker)
    remote = createDatadogRemote(settings, context)
    return await work({ remote, project: options.project ?? settings.project, signal: controller.signal })
  } catch (error) {
    const { reason } = ending.stop
    if (reason?.kind !== 'signal') throw toCommandError(error)
    await context.screen.stderr.write(`${asker}: ended by ${reason.signal}\n`)
    return signalCodes[reason.signal]
  } finally {
    await remote?.close()
    await ending.close()
  }
}
