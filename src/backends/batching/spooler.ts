import type { Backend, Delivery } from '../../model/backend.ts'
import type { Clock, Ids } from '../../model/ports.ts'
import type { PushSource } from '../../model/push.ts'

export interface SpoolerOptions {
  readonly backend: Backend
  readonly clock: Clock
  readonly ids: Pick<Ids, 'random'>
  /** Whether items that are too old for the backend are sent with new times. */
  readonly restamp: boolean
  /** Whether `progress` is told with a total; it costs a pass over each log. */
  readonly countsTotal?: boolean
  readonly tell?: (news: PushNews) => void
}

/** What a push has to say while it is under way. Texts have been made safe. */
export type PushNews =
  | { readonly kind: 'opened'; readonly experimentId: string; readonly link: string }
  | ({ readonly kind: 'progress'; readonly experimentId: string } & PushProgress)
  /** The backend is not there, or asks for patience: told once until it takes something again. */
  | { readonly kind: 'waiting'; readonly reason: string }
  /** It will take nothing more from this process. */
  | { readonly kind: 'refused'; readonly reason: string }

/** Events of one experiment, with those of earlier pushes. */
export interface PushProgress {
  readonly accepted: number
  readonly rejected: number
  readonly total?: number
}

export interface DrainOptions {
  readonly timeoutMs: number
  /** Ends it early. */
  readonly signal?: AbortSignal
  /** There is little time: what the experiments came to is said before the rest of their events is sent. */
  readonly isHurried?: boolean
}

/** Pushes experiments to one backend, behind whatever writes their logs. Nothing of it throws. */
export interface Spooler {
  /** Takes an experiment on: in the background it is opened, with its dataset, and what may be sent of it is sent. */
  add(source: PushSource): SpooledExperiment
  /** What is left is sent. Resolves when everything has been delivered or will not be, by experiment id; lets go of everything. */
  drain(options: DrainOptions): Promise<ReadonlyMap<string, Delivery>>
}

export interface SpooledExperiment {
  /** A `run-finished` has been written to its log: the rows of that run may be sent. */
  runFinished(): void
  /** Nothing more will be written to its log: all rows may be sent, and its end be told. */
  ended(): void
  /** It never started and leaves the store. */
  discarded(): void
}
