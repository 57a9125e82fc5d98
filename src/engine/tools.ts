import type { Executor } from '../model/executor.ts'
import type { JsonChange } from '../model/json.ts'
import type { Clock, Ids } from '../model/ports.ts'
import type { RowReader } from '../model/row.ts'
import type { Deadlines } from './deadlines.ts'
import type { ErrorBrake } from './error-brake.ts'
import type { EventStream } from './event-stream.ts'
import type { Plan } from './plan.ts'
import type { Slots } from './slots.ts'
import type { StopSwitch } from './stop.ts'

/** What the engine is given from outside. */
export interface EnginePorts {
  readonly executor: Executor
  /** Reads back what has been written; for summary evaluators and for every run after the first. */
  readonly reader: RowReader
  readonly clock: Clock
  readonly ids: Ids
  /** Whether nothing depends on the rows that have not begun: they are skipped. @default never */
  readonly isDecided?: () => boolean
}

/** What the parts of one engine share. */
export interface EngineTools extends EnginePorts {
  readonly plan: Plan
  readonly stop: StopSwitch
  readonly stream: EventStream
  readonly slots: Slots
  readonly deadlines: Deadlines
  readonly errorBrake: ErrorBrake
  /** Runs with rows that were skipped because nothing depended on them: summary evaluators are not called. */
  readonly cutRuns: Set<number>
  /** Told of what keeping a value as JSON changed. */
  readonly noteChanges: (changes: readonly JsonChange[], where: string) => void
}
