import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readCurrentEvents } from '../../../src/backends/local/current-events.ts'
import { openEventLog } from '../../../src/backends/local/event-log.ts'
import { findRedone } from '../../../src/backends/local/redone.ts'
import { createRowReader } from '../../../src/backends/local/row-reader.ts'
import type { EventBody, Resumed, RunEvent } from '../../../src/model/events.ts'
import { stamped } from '../../helpers/events.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'

const call = { startedAt: 0, durationMs: 1, queueMs: 0, retryWaitMs: 0, attempts: 1 }
const unit = { key: 'a', iteration: 1, generation: 0 }
const error = { code: 'E_TASK', name: 'Error', message: 'no' } as const

const resumed: Resumed = {
  type: 'resumed',
  endedAt: 0,
  tool: '0.1.0',
  jobs: 1,
  timeout: 1,
  evalTimeout: 1,
  maxRetries: 0,
  maxErrors: '0',
  raiseErrors: false,
  retryErrors: true,
  retryPoison: false,
  allowChanged: false,
  module: 'm',
  inFlight: [],
  alone: [],
  reopened: [],
}
const record: EventBody = { type: 'record', key: 'a', contentHash: '0011223344556677', input: '1' }
const task = (output: string, replaces?: number): EventBody => ({
  ...{ type: 'task-finished', ...unit, ...call, status: 'ok', output },
  ...(replaces === undefined ? {} : { replaces }),
})
const judged = (evaluator: string, isFailed: boolean, replaces?: number): EventBody => ({
  ...{ type: 'evaluation-finished', evaluator, ...unit, ...call },
  ...(isFailed ? { status: 'error', error } : { status: 'ok', evaluations: [] }),
  ...(replaces === undefined ? {} : { replaces }),
})
const end = (replaces?: number): EventBody => ({
  ...{ type: 'row-finished', ...unit, status: 'ok' },
  ...(replaces === undefined ? {} : { replaces }),
})

/** A log with these events, numbered from 1. */
async function logOf(...bodies: EventBody[]): Promise<string> {
  const file = join(await tempFolder(), 'events.jsonl')
  const log = openEventLog(file)
  log.append(stamped(bodies))
  log.close()
  return file
}

async function rowsOf(file: string) {
  const rows = []
  for await (const { seq, task, evaluations } of createRowReader(file).rows({})) {
    const output = task?.status === 'ok' ? task.output : undefined
    rows.push({ seq, output, evaluations: evaluations.map(({ evaluator, status }) => `${evaluator} ${status}`) })
  }
  return rows
}

async function currentSeqs(file: string): Promise<number[]> {
  const events: RunEvent[] = []
  for await (const batch of readCurrentEvents(file)) events.push(...batch)
  return events.map(({ seq }) => seq)
}

const first = [record, task('1'), judged('x', false), judged('y', true), end()]

describe('a log that was resumed', () => {
  it('has the row of a task that was run again, with nothing of the one before', async () => {
    const file = await logOf(...first, resumed, task('2', 5), judged('x', false, 5), judged('y', false, 5), end(5))
    expect(await rowsOf(file)).toEqual([{ seq: 10, output: '2', evaluations: ['x ok', 'y ok'] }])
    expect(await currentSeqs(file)).toEqual([1, 6, 7, 8, 9, 10])
  })

  it('has the row of which an evaluator was called again as it was otherwise, under its number', async () => {
    const file = await logOf(...first, resumed, judged('y', false, 5), end(5))
    expect(await rowsOf(file)).toEqual([{ seq: 5, output: '1', evaluations: ['x ok', 'y ok'] }])
    expect(await currentSeqs(file)).toEqual([1, 6, 2, 3, 7, 8])
  })

  it('has a row as it was until what replaces it has come to its end', async () => {
    const half = [...first, resumed, task('2', 5), judged('x', false, 5)]
    const file = await logOf(...half)
    expect(await rowsOf(file)).toEqual([{ seq: 5, output: '1', evaluations: ['x ok', 'y error'] }])
    expect(await currentSeqs(file)).toEqual([1, 2, 3, 4, 5, 6])
    expect((await findRedone(file))?.hasTail('1/a')).toBe(true)
    const later = await logOf(...half, resumed, judged('y', false, 5), end(5))
    expect(await rowsOf(later)).toEqual([{ seq: 11, output: '2', evaluations: ['x ok', 'y ok'] }])
  })

  it('has nothing of a record before it changed', async () => {
    const changed: EventBody = { ...record, contentHash: 'ff11223344556677', input: '2', replaces: 6 }
    const file = await logOf(...first, resumed, changed)
    expect(await rowsOf(file)).toEqual([])
    expect(await currentSeqs(file)).toEqual([6, 7])
    const later = await logOf(...first, resumed, changed, task('2'), judged('x', false), judged('y', false), end())
    expect(await rowsOf(later)).toEqual([{ seq: 11, output: '2', evaluations: ['x ok', 'y ok'] }])
    const inputs: string[] = []
    for await (const batch of createRowReader(later).records()) inputs.push(...batch.map(({ input }) => input))
    expect(inputs).toEqual(['2'])
  })

  it('has the last end of a run, and of the experiment none but that after the last time it went on', async () => {
    const runEnd: EventBody = { type: 'run-finished', iteration: 1, summaries: [] }
    const finished: EventBody = { type: 'experiment-finished', outcome: { status: 'passed', exitCode: 0 } }
    const file = await logOf(...first, runEnd, finished, resumed, runEnd, finished)
    expect(await currentSeqs(file)).toEqual([1, 2, 3, 4, 5, 8, 9, 10])
  })

  it('is told from one that was not, also where the word stands in values or between two pieces that are read', async () => {
    expect(await findRedone(await logOf(...first))).toBeUndefined()
    const values = await logOf({ ...record, input: '{"a":1,"type":"resumed"}' }, task('{"x":0,"replaces":1}'), end())
    expect((await findRedone(values))?.isEmpty).toBe(true)
    expect(await rowsOf(values)).toHaveLength(1)
    const folder = await tempFolder()
    for (const offset of [-20, -17, -9, -1, 0]) {
      const file = join(folder, `at${offset}`)
      writeFileSync(file, `${'x'.repeat(1024 * 1024 + offset)},"type":"resumed"}\n`)
      expect(await findRedone(file)).toBeDefined()
    }
  })
})
