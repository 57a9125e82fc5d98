import type { ExperimentView } from '../model/ports.ts'

/** Shows how far the experiment under way is. */
export interface ProgressDisplay {
  /** Ends what was shown before. */
  start(view: ExperimentView): void
  rowFinished(): void
  stop(): void | Promise<void>
}

export const noProgress: ProgressDisplay = { start() {}, rowFinished() {}, stop() {} }
