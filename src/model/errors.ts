import type { ManagedFailure } from './managed.ts'

/** Every error code of the tool, with what it means in a few words. `docs/errors.md` has a paragraph for each. */
export const errorCodes = {
  E_USAGE: 'the command line is not one this tool understands',
  E_OPTION: 'an option has a value it cannot have',
  E_CONFIG_FILE: 'the config file sets something that cannot be set, or there are two of them',
  E_QUARANTINE_FILE: 'the file of records in quarantine cannot be read, or is not one',
  E_ENV_FILE: 'a file with environment variables cannot be read',
  E_FILE_NOT_FOUND: 'a file named on the command line does not exist or is not a regular file',
  E_FILE_EXISTS: 'a file that would be written is there already',
  E_FILE_WRITE: 'a file that was asked for cannot be written',
  E_MODULE_LOAD: 'the experiment module could not be compiled or threw while it was loading',
  E_MODULE_EXIT: 'the experiment module ended the process while it was loading',
  E_NO_EXPERIMENT: 'the module exports no experiment definition',
  E_DEFINITION: 'an experiment definition is not valid',
  E_UNKNOWN_EXPERIMENT: 'no experiment or variant has the name that was asked for',
  E_DATASET_FILE: 'a dataset file cannot be read',
  E_DATASET_RECORD: 'a dataset record is not valid',
  E_DATASET_DUPLICATE_ID: 'two dataset records have the same id',
  E_DATASET_EMPTY: 'no record is left to run',
  E_DATASET_THREW: 'the dataset threw while it was being read',
  E_TASK: 'the task threw',
  E_TASK_TIMEOUT: 'the task ran longer than its timeout',
  E_TASK_CRASHED: 'the process ended three times while the row was under way',
  E_TASK_OUTPUT: 'the task returned something that cannot be kept',
  E_EVALUATOR: 'an evaluator threw',
  E_EVALUATOR_TIMEOUT: 'an evaluator ran longer than its timeout',
  E_EVALUATOR_VALUE: 'an evaluator returned something that is not an evaluation',
  E_REMOTE_EVALUATOR: 'an evaluator at the backend failed, or could not be asked',
  E_EVALUATOR_LABEL: 'two evaluators gave a value under the same label',
  E_SUMMARY_EVALUATOR: 'a summary evaluator threw or returned something that is not a value',
  E_USER_CODE_ENDED:
    'user code ended its thread: process.exit, an uncaught error, an unhandled rejection or no memory left',
  E_IDENTICAL_ERRORS: 'tasks failed again and again in the same way',
  E_MAX_TIME: 'the time that was set for the command is over',
  E_ABORTED: 'the signal that was given to a run was aborted',
  E_RUN_PROCESS: 'the process of a blocking run cannot be started, or ended without a result',
  E_REPORTER: 'a reporter failed',
  E_STORE_WRITE: 'the local store cannot be written',
  E_STORE_READ: 'the local store cannot be read',
  E_STORE_FORMAT: 'the local store was written by a newer version of this tool',
  E_STORE_UNKNOWN: 'no stored experiment matches what was asked for',
  E_STORE_PULLED: 'this experiment was pulled from a backend, and is neither pushed again nor gone on with here',
  E_STORE_LOCKED: 'another process is writing this experiment',
  E_RESUME_CHANGED: 'what is to be gone on with is not what was begun',
  E_BASELINE: 'there is no such baseline, or it cannot be compared with',
  E_BACKEND_SETTINGS: 'what is set up for a backend cannot be used',
  E_BACKEND_REFUSED: 'the backend does not take the credentials, or refuses what it was asked for',
  E_BACKEND_UNREACHABLE: 'the backend does not answer, and nothing may be run without it',
  E_BACKEND_UNKNOWN: 'there is nothing of this name at the backend',
  E_INTERNAL: 'a defect of this tool',
} as const

export type ErrorCode = keyof typeof errorCodes

/** A place in a user's file. `line` and `column` count from 1. */
export interface SourceLocation {
  readonly file: string
  readonly line?: number
  readonly column?: number
}

export interface ErrorDetails {
  readonly hint?: string
  readonly location?: SourceLocation
  /** A few source lines with a marker under the place, ready to print. */
  readonly codeFrame?: string
  readonly cause?: unknown
  /** Of an evaluator at a backend. */
  readonly managed?: ManagedFailure
}

/** Registered, so that an error made by another copy of this package is recognised too: user code and the tool have one each. */
const errorMark: unique symbol = Symbol.for('llmobs-exp.error')

/** An error the tool explains. The message says what, where, expected and got, in one line. */
export class LlmobsExpError extends Error {
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: a subclass inherits this, and is told apart as ever.
    return this === LlmobsExpError ? isMarked(value) : super[Symbol.hasInstance](value)
  }

  override readonly name = 'LlmobsExpError'
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly location: SourceLocation | undefined
  readonly codeFrame: string | undefined
  readonly managed: ManagedFailure | undefined

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.hint = details.hint
    this.location = details.location
    this.codeFrame = details.codeFrame
    this.managed = details.managed
  }

  get [errorMark](): true {
    return true
  }
}

function isMarked(value: unknown): boolean {
  try {
    return value instanceof Error && Reflect.get(value, errorMark) === true
  } catch {
    // A proxy that lets nobody look in.
    return false
  }
}

/** What an error is once it has left the place where it was thrown: plain data that survives a thread, a file and a wire. */
export interface ErrorInfo {
  readonly code: ErrorCode
  /** The thrown value's own class, such as `TypeError`. */
  readonly name: string
  readonly message: string
  readonly stack?: string
  readonly hint?: string
  readonly location?: SourceLocation
  readonly codeFrame?: string
  readonly cause?: ErrorInfo
  /** What a backend said of the failure of an evaluator that is kept there. */
  readonly managed?: ManagedFailure
}
