import type { ErrorInfo } from '../model/errors.ts'
import type { PlainResult } from './build-result.ts'
import type { SyncRunOptions } from './options.ts'
import type { PlainRow } from './rows.ts'

// What a blocking call asks of the process that it starts, on its stdin, and what it is told on a pipe of its own.

export type SyncRequest =
  | { readonly kind: 'run'; readonly file: string; readonly options: SyncRunOptions }
  | { readonly kind: 'rows'; readonly logs: readonly RowLog[] }

/** Where the rows of an experiment are. */
export interface RowLog {
  readonly name: string
  readonly eventsFile: string
}

export type SyncReply =
  | { readonly status: 'result'; readonly result: SyncResult }
  | { readonly status: 'rows'; readonly rows: readonly PlainRow[] }
  | { readonly status: 'failed'; readonly error: ErrorInfo }

/** With the signal that has ended it. */
export type SyncAnswer = SyncReply & { readonly signal?: NodeJS.Signals }

/** A result as plain data. */
export type SyncResult = Pick<PlainResult, 'passed' | 'exitCode' | 'message' | 'experiments'>

/** The file descriptor of that pipe. */
export const REPLY_FILE = 3
