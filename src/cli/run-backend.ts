import type { DatadogSettings } from '../backends/datadog/settings.ts'
import type { ResolvedOptions } from '../config/resolve.ts'
import { LlmobsExpError } from '../model/errors.ts'
import type { Deliverer } from '../session/deliverer.ts'
import { chooseBackend } from './backend-choice.ts'
import type { CommandContext } from './command-context.ts'
import type { Say } from './deliverer.ts'
import type { Ending } from './ending.ts'

/** The backend of a run, from the moment its options stand. */
export interface RunBackend {
  /** Says that there is none, where nobody asked for that. */
  readonly note?: string
  /**
   * Waits for the check of the credentials. Undefined where there is no backend.
   * @throws LlmobsExpError `E_BACKEND_REFUSED`, or `E_BACKEND_UNREACHABLE` for one that is required
   */
  deliverer(say: Say): Promise<Deliverer | undefined>
  close(): Promise<void>
}

export interface RunBackendTools extends Pick<CommandContext, 'clock' | 'ids' | 'env' | 'secrets'> {
  readonly ending: Ending
}

/** Milliseconds that the first task waits for an answer. A backend that is slow must not be what a run takes its time for. */
const PATIENCE = 2_000

/**
 * Chooses the backend, and checks it while modules load: before anything is spent on results.
 * @throws LlmobsExpError when the options, or what is set up, leave no choice
 */
export function startBackend(options: ResolvedOptions, tools: RunBackendTools): RunBackend {
  const choice = chooseBackend(options, tools.env)
  if (choice.status === 'datadog') return startChosen(choice.settings, options, tools)
  return {
    deliverer: () => Promise.resolve(undefined),
    close: () => Promise.resolve(),
    ...(choice.note === undefined ? {} : { note: choice.note }),
  }
}

function startChosen(settings: DatadogSettings, { values }: ResolvedOptions, tools: RunBackendTools): RunBackend {
  const { ending } = tools
  const controller = new AbortController()
  const giveUp = (): Promise<void> => Promise.resolve(controller.abort())
  // A signal ends the check as it ends the loading of modules.
  ending.addModule({ close: giveUp })
  const connecting = connect(settings, { ...tools, isRequired: values.requireBackend, signal: controller.signal })
  // Should modules not load, that is what is told.
  connecting.catch(() => {})
  return {
    async deliverer(say) {
      try {
        const { backend, unreachable, parts } = await connecting
        if (unreachable !== undefined) say.problem(warnOf(unreachable))
        const isUnreachable = unreachable !== undefined
        return parts.createDeliverer({ ...tools, backend, stop: ending.stop, options: values, say, isUnreachable })
      } catch (error) {
        throw ending.explain(error)
      }
    },
    async close() {
      await giveUp()
      const connection = await connecting.catch(() => undefined)
      await connection?.backend.close()
    },
  }
}

interface ConnectTools extends Pick<CommandContext, 'clock' | 'secrets'> {
  readonly isRequired: boolean
  readonly signal: AbortSignal
}

async function connect(settings: DatadogSettings, { clock, secrets, isRequired, signal }: ConnectTools) {
  const parts = await import('./backend.ts')
  const backend = parts.createDatadogBackend(settings, { clock, mask: secrets.mask })
  try {
    const checked = await parts.checkBackend(backend, { signal, ...(isRequired ? {} : { patience: PATIENCE }) })
    const unreachable = checked.status === 'unreachable' ? checked.reason : undefined
    if (unreachable !== undefined && isRequired) throw required(unreachable)
    return { backend, unreachable, parts }
  } catch (error) {
    await backend.close()
    throw error
  }
}

function required(reason: string): LlmobsExpError {
  const hint = 'without --require-backend the run goes on, and results are pushed later'
  return new LlmobsExpError('E_BACKEND_UNREACHABLE', reason, { hint })
}

function warnOf(reason: string) {
  const message = `${reason}; the run goes on, and results are pushed when it answers`
  return { type: 'problem', severity: 'warning', code: 'W_BACKEND_UNREACHABLE', message } as const
}
