import type { Plan } from '../engine/plan.ts'
import type { StopSwitch } from '../engine/stop.ts'
import type { EnginePorts } from '../engine/tools.ts'
import type { RunEvent } from '../model/events.ts'
import type { Gauges } from '../model/executor.ts'
import type { EndReason } from '../model/outcome.ts'
import type { Tally } from './tally.ts'

/** What an experiment that is gone on with has come to before, and how it goes on. */
export interface BegunExperiment {
  /** Has counted what counts of the log. */
  tally(gauges: () => Gauges): Tally
  /** In place of the engine's `run`. */
  run(plan: Plan, ports: EnginePorts, stop: StopSwitch): AsyncGenerator<readonly RunEvent[], void>
  /** Everything is written. Counts the log anew where something that was counted, or left out for the time being, stands otherwise. */
  settle(end: EndReason | undefined): Promise<void>
  /** Whether nothing of it may be pushed before its end: rows that are to be run again would be sent as they are. */
  readonly isPushedLate: boolean
}
