import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { fromErrorInfo } from '../model/error-info.ts'
import { LlmobsExpError } from '../model/errors.ts'
import { holdInterrupt } from './hold-interrupt.ts'
import { REPLY_FILE, type SyncAnswer, type SyncReply, type SyncRequest } from './sync-protocol.ts'

/**
 * Blocks until a process of its own has answered. What that one prints appears at once.
 *
 * @param entry the file that it runs
 * @throws LlmobsExpError what it failed with; `E_RUN_PROCESS` where it cannot be started or ends without an answer
 */
export function askProcess(entry: string, request: SyncRequest): SyncReply {
  const input = JSON.stringify(request)
  const interrupt = holdInterrupt()
  const { error, status, signal, output } = spawnSync(process.execPath, [entry], {
    input,
    stdio: ['pipe', 'inherit', 'inherit', 'pipe'],
    encoding: 'utf8',
    maxBuffer: Number.POSITIVE_INFINITY,
  })
  const text = output?.[REPLY_FILE] ?? ''
  const answer: SyncAnswer | undefined = text === '' ? undefined : JSON.parse(text)
  interrupt.release(answer?.signal === 'SIGINT' || signal === 'SIGINT')
  if (answer === undefined) throw noAnswer(error, signal === null ? `with exit code ${status}` : `by ${signal}`)
  if (answer.status === 'failed') throw fromErrorInfo(answer.error)
  return answer
}

function noAnswer(cause: Error | undefined, how: string): LlmobsExpError {
  if (cause !== undefined) {
    return new LlmobsExpError('E_RUN_PROCESS', `a process for the run cannot be started: ${cause.message}`, { cause })
  }
  return new LlmobsExpError('E_RUN_PROCESS', `the process of the run was ended ${how} before it gave a result`, {
    hint: 'what was done is in the store: llmobs-exp resume latest',
  })
}
