import type { Environment } from '../config/resolve.ts'
import type { Clock, Ids, Screen } from '../model/ports.ts'
import type { Workers } from '../session/executors/workers.ts'
import type { Secrets } from './secrets.ts'

/** What every command is given: the process around it. */
export interface CommandContext {
  readonly screen: Screen
  readonly clock: Clock
  readonly ids: Ids
  readonly workers: Workers
  readonly env: Environment
  readonly secrets: Secrets
  /** What this process has added to its environment from an env file: a second look must not take that for the real one. */
  readonly addedToEnv: Map<string, string>
  readonly currentFolder: string
  readonly version: string
}
