import type { RunOptions } from '../../config/options.ts'
import type { StopSwitch } from '../../engine/stop.ts'
import type { Backend } from '../../model/backend.ts'
import type { ChosenTargets } from './targets.ts'

/** What a push has to do, and with what. */
export interface PushJob {
  readonly chosen: ChosenTargets
  /** What is loaded only where something is pushed. */
  readonly parts: typeof import('../backend.ts')
  readonly backend: Backend
  readonly options: RunOptions
  readonly stop: StopSwitch
  /** For experiments that name none. */
  readonly project: string
}
