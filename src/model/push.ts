import type { PushedExperiment } from './backend.ts'
import type { EventStamp, NamedSummaryResult } from './events.ts'
import type { Json } from './json.ts'
import type { Outcome } from './outcome.ts'
import type { Row } from './row.ts'

/** Where an experiment is pushed from: what the store keeps of it, and of its pushes before. */
export interface PushSource {
  readonly experiment: PushedExperiment
  /** How far the log has come by now. */
  progress(): Promise<LoggedProgress>
  /** Rows of one run, in the order in which they finished. */
  follow(iteration: number): RowFollower
  /** How many events there are to push of which `isSettled` is false. Of a run that is not over it counts what is there. */
  countPending(isSettled: (seq: number) => boolean, signal: AbortSignal): Promise<PendingCount>
  readonly log: PushLog
  readonly lock: PushLock
}

/** What stands in an experiment's log beside its rows. */
export interface LoggedProgress {
  /** By iteration. */
  readonly runs: readonly LoggedRun[]
  /** Of its last event, where it came to its end. */
  readonly finished?: EventStamp & { readonly outcome: Outcome }
}

export interface LoggedRun {
  readonly iteration: number
  /** A UUID. */
  readonly runId: string
  /** Of the event that ended it. */
  readonly finished?: EventStamp & { readonly summaries: readonly NamedSummaryResult[] }
}

/** Reads the rows of a log that may still grow. */
export interface RowFollower {
  /** The next row; undefined when there is none by now, and there may be one the next time. */
  next(): Promise<Row | undefined>
}

export interface PendingCount {
  readonly events: number
  /** Time of the oldest of them, epoch milliseconds; absent when there is none. */
  readonly oldest?: number
}

/** What became of an experiment's events at its backends, kept beside its log. */
export interface PushLog {
  read(): Promise<readonly PushEntry[]>
  /**
   * Hands the entry to the operating system. `isDurable` makes it outlive a power failure too.
   * @throws LlmobsExpError `E_STORE_WRITE`
   */
  append(entry: PushEntry, options?: { readonly isDurable: boolean }): void
  close(): void
}

/** The first and the last of a row of positions in the event log, without gaps. */
export type SeqRange = readonly [first: number, last: number]

export type PushEntry =
  /** What follows is about this place, up to the next such entry. Written before the first event is sent there. */
  | {
      readonly type: 'opened'
      readonly backend: string
      readonly place: string
      readonly reference: Json
      readonly link: string
    }
  | {
      readonly type: 'accepted'
      readonly iteration: number
      readonly ranges: readonly SeqRange[]
      readonly spans: number
      readonly metrics: number
    }
  /** Will never be accepted. */
  | { readonly type: 'rejected'; readonly seq: number; readonly reason: string }
  /** Items of these times, both included, are sent with times that are `offset` later. Written before they are. */
  | { readonly type: 'restamped'; readonly from: number; readonly to: number; readonly offset: number }
  /** The backend has been told what the experiment came to; `seq` is that of its last event, 0 where it has none. */
  | { readonly type: 'closed'; readonly status: Outcome['status']; readonly seq: number }

/** Keeps two processes from pushing one experiment at once. */
export interface PushLock {
  /** Takes it, also from a process that is gone. */
  take(): { readonly status: 'taken' } | { readonly status: 'held'; readonly owner: string }
  /** Shows that its owner is still there. */
  refresh(): void
  release(): void
}
