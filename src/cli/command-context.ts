import type { Environment } from '../config/resolve.ts'
import type { Clock, Ids, Screen } from '../model/ports.ts'
import type { Workers } from '../session/executors/workers.ts'

/** What every command is given: the process around it. */
export interface CommandContext {
  readonly screen: Screen
  readonly clock: Clock
  readonly ids: Ids
  readonly workers: Workers
  readonly env: Environment
  readonly currentFolder: string
  readonly version: string
}
