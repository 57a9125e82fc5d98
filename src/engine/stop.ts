import { toErrorInfo } from '../model/error-info.ts'
import type { ErrorCode } from '../model/errors.ts'
import type { EndReason } from '../model/outcome.ts'

/** Thrown inside a row that cannot go on because the experiment is being ended. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError'
}

/** One switch that ends an experiment early. The first reason stands. */
export interface StopSwitch {
  readonly reason: EndReason | undefined
  stop(reason: EndReason): void
  /** Calls back once, at once when already stopped. Returns what takes the listener away. */
  onStop(listener: () => void): () => void
  /** Waits for no call that is still in flight. */
  hurry(): void
  onHurry(listener: () => void): () => void
}

export function createStopSwitch(): StopSwitch {
  let reason: EndReason | undefined
  const listeners = new Set<() => void>()
  const hurryListeners = new Set<() => void>()
  return {
    get reason() {
      return reason
    },
    stop(why) {
      if (reason !== undefined) return
      reason = why
      for (const listener of [...listeners]) listener()
      listeners.clear()
    },
    onStop(listener) {
      if (reason !== undefined) listener()
      else listeners.add(listener)
      return () => listeners.delete(listener)
    },
    hurry() {
      for (const listener of hurryListeners) listener()
    },
    onHurry(listener) {
      hurryListeners.add(listener)
      return () => hurryListeners.delete(listener)
    },
  }
}

/** What an error that nobody else answers for means for the experiment. Without a code of its own it has the one given. */
export function endReasonOf(thrown: unknown, otherwise: ErrorCode = 'E_INTERNAL'): EndReason {
  const error = toErrorInfo(otherwise, thrown)
  switch (error.code) {
    case 'E_STORE_READ':
    case 'E_STORE_WRITE':
      return { kind: 'store-failed', error }
    case 'E_DATASET_THREW':
    case 'E_DATASET_RECORD':
    case 'E_DATASET_FILE':
    case 'E_DATASET_DUPLICATE_ID':
    case 'E_RESUME_CHANGED':
      return { kind: 'dataset-threw', error }
    default:
      return { kind: 'user-code-ended', error }
  }
}
