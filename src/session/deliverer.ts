import type { SpooledExperiment } from '../backends/batching/spooler.ts'
import type { Delivery } from '../model/backend.ts'
import type { RunEvent } from '../model/events.ts'
import type { Outcome } from '../model/outcome.ts'
import type { ExperimentView } from '../model/ports.ts'
import type { StoredPlan } from './run-group.ts'

/** Takes experiments to a backend behind the run's back: nothing of a run waits for it. */
export interface Deliverer {
  /** Takes one on as soon as there is anything of it to deliver. */
  begin(experiment: DeliveredExperiment): SpooledExperiment
  /** Waits for what is still to be delivered, for as long as that may take. By experiment id. */
  drain(): Promise<ReadonlyMap<string, Delivery>>
}

/** What is delivered, with its dataset as a whole where that can be read once more. */
export interface DeliveredExperiment
  extends Pick<StoredPlan, 'manifest'>,
    Partial<Pick<StoredPlan, 'loaded' | 'check'>> {
  readonly stored: Pick<StoredPlan['stored'], 'files'>
}

export type Tell = (event: RunEvent, view: ExperimentView) => void

/** What a deliverer hears of one experiment. */
export interface DeliveredRun {
  /** Tells the deliverer what has been written, and then whoever else is told. */
  readonly tell: Tell
  /** Nothing more will be written. */
  ended(): void
  /** It leaves the store: no task was started. */
  discarded(outcome: Outcome): void
}

export interface FollowOptions {
  readonly begin: () => SpooledExperiment | undefined
  readonly tell: Tell
  /** Whether the dataset is known only when a run has read it. */
  readonly isIterable: boolean
  /** Whether nothing is delivered before its end. */
  readonly isLate: boolean
}

/** An experiment of which no record was read has nothing to deliver, and its deliverer never hears of it. */
export function followRun({ begin, tell, isIterable, isLate }: FollowOptions): DeliveredRun {
  let spooled: SpooledExperiment | undefined
  let hasRecords = false
  const start = (): void => {
    if (hasRecords) spooled ??= begin()
  }
  return {
    tell(event, view) {
      if (event.type === 'record' || event.type === 'resumed') {
        hasRecords = true
        if (!isIterable && !isLate) start()
      } else if (event.type === 'run-finished') {
        if (!isLate) start()
        spooled?.runFinished()
      }
      tell(event, view)
    },
    ended() {
      start()
      spooled?.ended()
    },
    discarded: (outcome) => spooled?.discarded(outcome),
  }
}
