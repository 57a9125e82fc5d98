import { readFileSync } from 'node:fs'
import { Socket } from 'node:net'
import process from 'node:process'
import { createRowReader } from '../backends/local/row-reader.ts'
import { watchSignals } from '../cli/signals.ts'
import { toErrorInfo } from '../model/error-info.ts'
import type { Signal } from '../model/outcome.ts'
import { type PlainRow, toPlainRow } from './rows.ts'
import { startRun } from './run.ts'
import { REPLY_FILE, type RowLog, type SyncReply, type SyncRequest } from './sync-protocol.ts'

// Where the process of a blocking call begins: does what is asked on stdin, answers, and is done.

const STDIN = 0
const controller = new AbortController()
let ended: Signal | undefined
const stopWatching = watchSignals({
  first(signal) {
    ended = signal
    controller.abort(new Error(signal))
  },
  again(signal) {
    stopWatching()
    process.kill(process.pid, signal)
  },
})
// It has an end when whoever waits is gone.
const pipe = new Socket({ fd: REPLY_FILE }).resume().unref()
pipe.once('close', () => controller.abort(new Error('the process that waited for it has ended')))
pipe.on('error', () => {})

const request: SyncRequest = JSON.parse(readFileSync(STDIN, 'utf8'))
const reply = await answer(request).catch(
  (error: unknown): SyncReply => ({ status: 'failed', error: toErrorInfo('E_INTERNAL', error) }),
)
stopWatching()
pipe.end(JSON.stringify(ended === undefined ? reply : { ...reply, signal: ended }))

async function answer(asked: SyncRequest): Promise<SyncReply> {
  if (asked.kind === 'rows') return { status: 'rows', rows: await readRows(asked.logs) }
  const result = await startRun(asked.file, { ...asked.options, signal: controller.signal }).result
  return { status: 'result', result }
}

async function readRows(logs: readonly RowLog[]): Promise<PlainRow[]> {
  const rows: PlainRow[] = []
  for (const { name, eventsFile } of logs) {
    for await (const row of createRowReader(eventsFile).rows({})) rows.push(toPlainRow(name, row))
  }
  return rows
}
