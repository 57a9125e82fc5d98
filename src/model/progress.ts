import type { Coverage } from './summary.ts'

export interface Progress {
  readonly rowsDone: number
  /** Absent while the dataset's length is not known. */
  readonly rowsPlanned?: number
  readonly callsInFlight: number
  /** Calls that ran past their timeout and have not come back. */
  readonly expiredCalls: number
  readonly rowsWithErrors: number
  readonly elapsedMs: number
  /** Running mean or pass rate of each label that has one. */
  readonly means: readonly RunningMean[]
}

export interface RunningMean extends Coverage {
  readonly label: string
  readonly mean: number
  /** Whether it is a pass rate. */
  readonly isRate: boolean
}
