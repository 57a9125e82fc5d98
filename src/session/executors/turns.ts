// The global may be replaced by user code: test libraries do.
import { setImmediate } from 'node:timers'
import { monotonicNow } from './monotonic.ts'

/** How long messages are handled without a break, in milliseconds. */
const TURN = 5

export interface Turns<M> {
  handle(message: M): void
  /** After each turn: what came of it must not wait for the next one, which may block. */
  ended(): void
}

/** Handles messages in their order, in turns: calls that return at once share one, a call that blocks ends it. */
export function inTurns<M>({ handle, ended }: Turns<M>): (messages: readonly M[]) => void {
  let waiting: readonly M[] = []

  /** Returns those that are left. */
  const take = (messages: readonly M[]): readonly M[] => {
    const until = monotonicNow() + TURN
    for (const [index, message] of messages.entries()) {
      handle(message)
      if (monotonicNow() > until) return messages.slice(index + 1)
    }
    return []
  }
  const goOn = (): void => {
    ended()
    waiting = take(waiting)
    if (waiting.length > 0) setImmediate(goOn)
  }
  return (messages) => {
    if (waiting.length > 0) {
      waiting = [...waiting, ...messages]
      return
    }
    waiting = take(messages)
    if (waiting.length > 0) setImmediate(goOn)
  }
}
