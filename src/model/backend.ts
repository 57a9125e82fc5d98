import type { DatasetOrigin } from './dataset.ts'
import type { NamedSummaryResult } from './events.ts'
import type { Json } from './json.ts'
import type { Outcome } from './outcome.ts'
import type { RecordText, Row, RowEvaluation } from './row.ts'

/**
 * A system that keeps experiments beside the local store. It knows its wire; when to send, what to do about a failure, and what
 * has been accepted is decided once for all of them, in `backends/batching`. Every method throws {@link BackendError}.
 */
export interface Backend {
  /** Such as `datadog`. */
  readonly name: string
  /** Where it is, for people: `datadoghq.com`. */
  readonly place: string
  /** Whether it is there and takes the credentials: one small request that sends nothing of the user's. */
  check(signal: AbortSignal): Promise<void>
  /** Makes sure that the experiment is there, with its dataset. With `known`, which an earlier opening gave, it is not made anew. */
  open(experiment: PushedExperiment, options: OpenSessionOptions): Promise<Session>
  /** Lets go of its connections. */
  close(): Promise<void>
}

export interface OpenSessionOptions {
  /** What an earlier session of this experiment gave as its `reference`, as kept in `push.jsonl`. */
  readonly known?: Json
  readonly signal: AbortSignal
}

/** An experiment as a backend is told of it. All of it comes from the store, so that a later `push` says the same. */
export interface PushedExperiment {
  readonly experimentId: string
  /** With the variant: `support-triage/large`. */
  readonly name: string
  /** Absent: the backend's default. */
  readonly project?: string
  readonly description?: string
  readonly config: Json
  readonly tags: { readonly [key: string]: string }
  readonly runs: number
  /** How many records were asked for of each run, where it was not all of them. */
  readonly sampleSize?: number
  /** Version of the tool that ran it. */
  readonly toolVersion: string
  readonly git?: GitInfo
  readonly dataset: PushedDataset
}

/** What was checked out when the experiment ran. */
export interface GitInfo {
  readonly commit?: string
  /** Without credentials. */
  readonly repository?: string
}

export interface PushedDataset {
  readonly name: string
  readonly description: string
  /** Whether `records` gives the whole of it, asked once it has. Of a part, records are added and changed there, and none is taken away. */
  readonly isWhole: boolean
  /** Where it was read from. Where that is the backend it is pushed to, it is used as it is, and no record is sent. */
  readonly origin?: DatasetOrigin
  /** Batches of records; begins anew with each call. */
  records(): AsyncIterable<readonly RecordText[]>
}

/** One experiment that is open at a backend. */
export interface Session {
  /** The backend's names for what it made: handed to `open` again, also by another process. */
  readonly reference: Json
  /** Where people look at it. */
  readonly link: string
  readonly limits: BatchLimits
  /** Why there are records of the dataset that it will never take; absent where it took all. */
  readonly problems?: readonly string[]
  /**
   * The item as it goes over the wire; undefined where there is nothing to send of it. The same item gives the same bytes, always.
   * `cut` takes away more at each step, for an item that is too large by itself; undefined where there is nothing left to cut.
   */
  encode(item: PushItem, cut: number): EncodedItem | undefined
  /** Sends items of one run. What it does not list as rejected has been accepted. */
  write(batch: Batch, signal: AbortSignal): Promise<WriteResult>
  /** Says what the experiment came to. */
  close(outcome: Outcome, signal: AbortSignal): Promise<void>
}

export interface BatchLimits {
  /** Of the encoded items of one request together. */
  readonly bytes: number
  readonly spans: number
  readonly metrics: number
}

/**
 * What is sent, acknowledged, or set aside as one: what one event of the log came to. `seq` is that event's, and `run` is the one
 * it belongs to, which its encoded form names.
 */
export type PushItem = PushedPart & { readonly seq: number; readonly run: RunRef; readonly time: ItemTime }

export type PushedPart =
  | { readonly kind: 'row'; readonly row: Row }
  | { readonly kind: 'evaluation'; readonly row: Row; readonly evaluation: RowEvaluation }
  | { readonly kind: 'summary'; readonly summaries: readonly NamedSummaryResult[] }

/** One run of an experiment. */
export interface RunRef {
  readonly iteration: number
  /** A UUID. */
  readonly runId: string
}

/**
 * Epoch milliseconds of the log: of a row when its task started, of the others when their event happened. `original` where a new
 * time stands in for one that the backend would refuse: all times of the item are later by the difference.
 */
export interface ItemTime {
  readonly at: number
  readonly original?: number
}

export interface EncodedItem {
  readonly seq: number
  /** JSON texts, each of one span or one metric. */
  readonly spans: readonly string[]
  readonly metrics: readonly string[]
}

/** Items of one run. */
export interface Batch extends RunRef {
  readonly items: readonly EncodedItem[]
}

export interface WriteResult {
  /** Items that will never be accepted, by their position in the batch. */
  readonly rejected: readonly { readonly index: number; readonly reason: string }[]
}

/** What a failure at a backend means for what is still to be sent. */
export type BackendFailure =
  /** No answer, or one that may be another the next time. */
  | { readonly kind: 'unreachable'; readonly retryAfterMs?: number }
  /** It asks for patience. */
  | { readonly kind: 'limited'; readonly retryAfterMs?: number }
  /** It will take nothing from us: wrong credentials, wrong place. */
  | { readonly kind: 'refused' }
  /** Something in this request is wrong, and would be the next time. */
  | { readonly kind: 'invalid' }
  | { readonly kind: 'too-large' }

/** A failure at a backend. The message has been made safe and tells no secret. */
export class BackendError extends Error {
  override readonly name = 'BackendError'
  readonly failure: BackendFailure

  constructor(message: string, failure: BackendFailure, options: { readonly cause?: unknown } = {}) {
    super(message, options)
    this.failure = failure
  }
}

/** What became of an experiment's events at its backend. */
export type Delivery =
  | ({ readonly status: 'delivered'; readonly link: string } & Delivered)
  | ({
      readonly status: 'undelivered'
      readonly link?: string
      /** Events of the log that were not accepted yet. */
      readonly pending: number
      /** Events, and records of the dataset, that the backend will never accept. */
      readonly rejected: number
      /** Why, in a line. */
      readonly reason: string
    } & Delivered)

export interface Delivered {
  readonly backend: string
  readonly place: string
  readonly spans: number
  readonly metrics: number
}
