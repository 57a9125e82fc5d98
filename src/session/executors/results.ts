import type { FromThread } from './protocol.ts'
import type { ThreadCalls } from './thread-calls.ts'

/** What a thread says when a call has ended. */
export type ResultMessage = Extract<
  FromThread,
  readonly ['output' | 'failed' | 'evaluated' | 'summarized', ...unknown[]]
>

export function finishCall(message: ResultMessage, calls: ThreadCalls): void {
  const [kind, call, startedAt, durationMs] = message
  switch (kind) {
    case 'output': {
      const result = { status: 'ok', output: message[4] }
      return calls.finish(call, calls.returned({ result, startedAt, durationMs, changes: message[5] }))
    }
    case 'failed': {
      const result = { status: 'error', error: message[4] }
      return calls.finish(call, calls.returned({ result, startedAt, durationMs }))
    }
    default:
      return calls.finish(call, calls.returned({ result: message[4], startedAt, durationMs, changes: message[5] }))
  }
}
