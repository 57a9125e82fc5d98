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
  /** Rows of one run that `progress` has named, in the order in which they finished. */
  follow(iteration: number): RowFollower
  readonly log: PushLog
  readonly lock: PushLock
}

/** What stands in an experiment's log beside its rows. */
export interface LoggedProgress {
  /** Of its first event, epoch milliseconds. */
  readonly startedAt: number
  /** Of its last one by now; 0 where there is none. */
  readonly lastSeq: number
  /** How many events of it a backend is to have: of rows that have finished, with their evaluations, and of runs. */
  readonly events: number
  /** By iteration. */
  readonly runs: readonly LoggedRun[]
  /** Where the experiment came to its end. */
  readonly outcome?: Outcome
}

export interface LoggedRun {
  readonly iteration: number
  /** A UUID. */
  readonly runId: string
  /** The events that ended it: none while it goes on, and more than one where it was gone on with. */
  readonly ends: readonly LoggedRunEnd[]
}

export interface LoggedRunEnd extends EventStamp {
  readonly summaries: readonly NamedSummaryResult[]
}

/** Reads the rows of a log that may still grow. */
export interface RowFollower {
  /** The next row; undefined when there is none by now, and there may be one the next time. */
  next(): Promise<Row | undefined>
  close(): Promise<void>
}

/** What became of an experiment's events at its backends, kept beside its log. */
export interface PushLog {
  entries(): AsyncIterable<PushEntry>
  /**
   * Hands the entry to the operating system; one that `isDurable` outlives a power failure too.
   * @throws LlmobsExpError `E_STORE_WRITE`
   */
  append(entry: PushEntry, options?: { readonly isDurable: boolean }): void
  close(): void
}

/** The first and the last of positions in the event log without a gap. */
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
  /** A record of the dataset that will never be accepted there. */
  | { readonly type: 'record-rejected'; readonly reason: string }
  /** Items of these times, both included, are sent with times that are `offset` later. Written before they are. */
  | { readonly type: 'restamped'; readonly from: number; readonly to: number; readonly offset: number }
  /** Nothing is left to send, and the backend knows what the experiment came to. `lastSeq` is the log's at that time. */
  | { readonly type: 'closed'; readonly status: Outcome['status']; readonly lastSeq: number }

/** Keeps two processes from pushing one experiment at once. */
export interface PushLock {
  /** Takes it, also from a process that is gone. */
  take(): { readonly status: 'taken' } | { readonly status: 'held'; readonly owner: string }
  /** Shows that its owner is still there. */
  refresh(): void
  release(): void
}
