import type { DatadogSettings } from '../backends/datadog/settings.ts'
import type { ResolvedOptions } from '../config/resolve.ts'
import type { Deliverer } from '../session/deliverer.ts'
import type { Say } from './backend.ts'
import { chooseBackend } from './backend-choice.ts'
import type { CommandContext } from './command-context.ts'
import type { Ending } from './ending.ts'

/** The backend of a run, from the moment its options stand. */
export interface RunBackend {
  /** Says that there is none, where nobody asked for that. */
  readonly note?: string
  /**
   * Waits for the check of the credentials. Undefined where there is no backend.
   * @throws LlmobsExpError `E_BACKEND_REFUSED` or `E_BACKEND_UNREACHABLE`
   */
  deliverer(say: Say): Promise<Deliverer | undefined>
  close(): Promise<void>
}

export interface RunBackendTools extends Pick<CommandContext, 'clock' | 'ids' | 'env'> {
  readonly ending: Ending
}

/**
 * Chooses the backend, and checks it while modules load.
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
  const connecting = (async () => {
    const { connect } = await import('./backend.ts')
    return connect(settings, { ...tools, stop: ending.stop, options: values, signal: controller.signal })
  })()
  // Should modules not load, that is what is told.
  connecting.catch(() => {})
  return {
    async deliverer(say) {
      try {
        return (await connecting).deliverer(say)
      } catch (error) {
        throw ending.explain(error)
      }
    },
    async close() {
      await giveUp()
      const connection = await connecting.catch(() => undefined)
      await connection?.close()
    },
  }
}
