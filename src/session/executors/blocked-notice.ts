import type { Problem } from '../../model/events.ts'
import type { ConsoleSource } from '../../model/ports.ts'
import { describeCall, describeOneOf } from './describe-call.ts'

/** A thread gives no sign of life: which call it may be in, else the dataset. */
export function describeSilence(suspects: readonly ConsoleSource[], isReading: boolean): Problem {
  const what = suspects.length === 0 && isReading ? 'the dataset' : describeOneOf(suspects)
  const next = suspects.length === 0 ? 'Ctrl-C ends it' : 'its thread is replaced when its timeout is over'
  const message = `${what} blocks its thread, which has given no sign of life for 5 s; ${next}`
  return { type: 'problem', severity: 'warning', code: 'W_THREAD_BLOCKED', message, ...keyOf(suspects) }
}

export function describeReplacement(why: 'blocked' | 'out-of-memory', blocking: ConsoleSource | undefined): Problem {
  const what = blocking === undefined ? 'user code' : describeCall(blocking)
  const message =
    why === 'blocked'
      ? `${what} blocked its thread past a timeout; the thread was replaced and its other calls were begun again`
      : `${what} ran out of memory; its thread was replaced and its calls were begun again`
  const suspects = blocking === undefined ? [] : [blocking]
  return { type: 'problem', severity: 'warning', code: 'W_THREAD_REPLACED', message, ...keyOf(suspects) }
}

/** Of the row that it is about, where there is but one. */
function keyOf([only, ...others]: readonly ConsoleSource[]): { readonly key?: string } {
  return only === undefined || only.key === '' || others.length > 0 ? {} : { key: only.key }
}
