import { createSpooler } from '../backends/batching/spooler.ts'
import { createDatadogBackend } from '../backends/datadog/backend.ts'
import type { DatadogSettings } from '../backends/datadog/settings.ts'
import type { RunOptions } from '../config/options.ts'
import type { StopSwitch } from '../engine/stop.ts'
import type { Multiplexer } from '../reporters/multiplexer.ts'
import type { Deliverer } from '../session/deliverer.ts'
import { checkBackend } from './check-backend.ts'
import type { CommandContext } from './command-context.ts'
import { createDeliverer, tellPeople } from './deliverer.ts'

// Everything that pushing takes, in a file of its own: where nothing is pushed none of it is loaded.

export interface ConnectTools extends Pick<CommandContext, 'clock' | 'ids'> {
  readonly stop: StopSwitch
  readonly options: RunOptions
  /** Gives up what is under way. */
  readonly signal: AbortSignal
}

/** A backend that has been asked whether it takes the credentials. */
export interface Connection {
  deliverer(say: Say): Deliverer
  close(): Promise<void>
}

/** What people are told while results are pushed. */
export type Say = Pick<Multiplexer, 'note' | 'problem'>

/** @throws LlmobsExpError `E_BACKEND_REFUSED` or `E_BACKEND_UNREACHABLE` */
export async function connect(settings: DatadogSettings, tools: ConnectTools): Promise<Connection> {
  const { clock, signal, options, ids } = tools
  const backend = createDatadogBackend(settings, { clock })
  try {
    const problem = await checkBackend(backend, { signal, isRequired: options.requireBackend })
    return {
      deliverer(say) {
        if (problem !== undefined) say.problem(problem)
        const tell = tellPeople(say, backend.place)
        const spooler = createSpooler({ backend, clock, ids, restamp: options.restamp, tell })
        return createDeliverer(spooler, { ...tools, place: backend.place, say })
      },
      close: () => backend.close(),
    }
  } catch (error) {
    await backend.close()
    throw error
  }
}
