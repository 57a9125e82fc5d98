import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openPushLog } from '../../../src/backends/local/push-log.ts'
import type { LlmobsExpError } from '../../../src/model/errors.ts'
import type { Script } from '../../helpers/fake-executor.ts'
import { fakeRecord } from '../../helpers/fake-executor.ts'
import { numberedRecords, type Sitting, type SittingOptions, Trial } from './trial.ts'

function tasksOf({ calls }: Sitting): string[] {
  return calls.filter(({ kind }) => kind === 'task').map(({ key, iteration }) => `${iteration}/${key}`)
}

/** Ends a process once so many rows have finished. */
function afterRows(count: number): SittingOptions {
  let rows = 0
  return {
    onEvent({ type }, { stop }) {
      if (type === 'row-finished' && ++rows === count) stop.stop({ kind: 'signal', signal: 'SIGINT' })
    },
  }
}

const slow: Script = () => ({ after: 10 })
const failing: Script = ({ kind, key, name }) =>
  (kind === 'task' && key === 'r1') || (name === 'e1' && key === 'r2') ? { result: 'error' } : {}

describe('an experiment that is gone on with', () => {
  it('runs what is missing in all its runs, and tells what all of it came to', async () => {
    const trial = await Trial.create({ script: slow }, { runs: '2', jobs: '2' })
    const first = await trial.begin(afterRows(4))
    const bought = trial.stored().events.filter(({ type }) => type === 'task-finished')
    const second = await trial.resume()
    const { ended, exitCode } = second

    expect([first.exitCode, exitCode]).toEqual([130, 0])
    expect(tasksOf(second)).toHaveLength(12 - bought.length)
    expect(ended.view.summary()).toMatchObject({ rows: { ok: 12, pending: 0, cancelled: 0 } })
    expect(ended.view.summary().runs.map(({ summaries }) => summaries)).toMatchObject([[{ value: 6 }], [{ value: 6 }]])
    expect(trial.stored().events.filter(({ type }) => type === 'run-started')).toHaveLength(2)
  })

  it('does nothing where nothing is left, and says what it came to', async () => {
    const trial = await Trial.create({ script: failing })
    const first = await trial.begin()
    const before = trial.bytes()
    const second = await trial.resume()
    expect(second).toMatchObject({ exitCode: 1, calls: [], wasComplete: true })
    expect(second.ended.outcome).toEqual(first.ended.outcome)
    expect(second.ended.view.summary()).toEqual(first.ended.view.summary())
    expect(trial.bytes().equals(before)).toBe(true)
  })

  it('says what an experiment came to whose process could not write that down', async () => {
    const trial = await Trial.create()
    await trial.begin()
    const { folder } = trial.stored()
    const manifest = JSON.parse(readFileSync(`${folder}/manifest.json`, 'utf8'))
    writeFileSync(`${folder}/manifest.json`, JSON.stringify({ ...manifest, state: { status: 'planned' } }))
    const { exitCode, calls } = await trial.resume()
    expect([exitCode, calls]).toEqual([0, []])
    expect(trial.stored().manifest.state).toMatchObject({ status: 'finished', rows: { ok: 6 } })
  })

  it('runs an experiment of which nothing was begun, under the id that it has', async () => {
    const trial = await Trial.create()
    await trial.begin(afterRows(1))
    trial.cut(0)
    const second = await trial.resume()
    expect([second.exitCode, tasksOf(second).length]).toEqual([0, 6])
    expect(trial.stored().events[0]?.type).toBe('experiment-started')
  })

  it('tries rows with errors and evaluators that failed again when that is asked for, and no task for an evaluator', async () => {
    const trial = await Trial.create({ script: failing })
    const first = await trial.begin()
    expect(first.ended.view.summary()).toMatchObject({ rowsWithErrors: 2 })
    const second = await trial.resume({ flags: { retryErrors: true }, subject: { script: () => ({}) } })

    expect(tasksOf(second)).toEqual(['1/r1'])
    expect(
      second.calls.filter(({ kind, key }) => kind === 'evaluator' && key === 'r2').map(({ name }) => name),
    ).toEqual(['e1'])
    expect(second.ended.view.summary()).toMatchObject({
      rowsWithErrors: 0,
      evaluatorErrors: 0,
      rows: { ok: 6, error: 0 },
    })
    expect([second.exitCode, trial.stored().rows.length]).toEqual([0, 6])
  })

  it('leaves rows as they were that it did not come to try again', async () => {
    const script: Script = ({ kind, key }) => (kind === 'task' && key !== 'r0' ? { result: 'error' } : {})
    const trial = await Trial.create({ script }, { jobs: '1' })
    const first = await trial.begin()
    const second = await trial.resume({
      flags: { retryErrors: true },
      subject: { script: slow },
      ...afterRows(2),
    })
    expect(first.ended.view.summary().rows).toMatchObject({ ok: 1, error: 5 })
    expect(second.ended.view.summary().rows).toMatchObject({ ok: 3, error: 3, pending: 0 })
    expect(trial.stored().manifest.state.rows).toMatchObject({ ok: 3, error: 3 })
    const third = await trial.resume()
    expect([third.exitCode, tasksOf(third)]).toEqual([1, []])
  })

  it('calls summary evaluators again that failed, when that is asked for', async () => {
    const script: Script = ({ kind }) => (kind === 'summary' ? { result: 'error' } : {})
    const trial = await Trial.create({ script })
    expect((await trial.begin()).exitCode).toBe(1)
    const second = await trial.resume({ flags: { retryErrors: true }, subject: { script: () => ({}) } })
    expect([second.exitCode, tasksOf(second)]).toEqual([0, []])
  })

  it('gives a task that is run again a generation of its own where its row was pushed, and only there', async () => {
    const trial = await Trial.create({ script: failing, evaluators: ['e1'] })
    await trial.begin()
    const rowEnds = trial.stored().events.filter(({ type }) => type === 'row-finished')
    const pushed = rowEnds.find(({ key }) => key === 'r1')?.seq ?? 0
    const log = openPushLog(`${trial.stored().folder}/push.jsonl`, { now: () => 0 })
    log.append({ type: 'opened', backend: 'b', place: 'p', reference: '{}', link: 'l' })
    log.append({ type: 'accepted', iteration: 1, ranges: [[pushed, pushed]], spans: 1, metrics: 0 })
    log.close()
    await trial.resume({ flags: { retryErrors: true }, subject: { script: () => ({}) } })
    const generations = Object.fromEntries(trial.stored().rows.map(({ key, generation }) => [key, generation]))
    expect(generations).toMatchObject({ r0: 0, r1: 1, r2: 0 })
  })

  it('takes what decides the units from when it was begun, and how they are run from the command line', async () => {
    const trial = await Trial.create(
      { records: numberedRecords(9), script: slow },
      { runs: '2', jobs: '3', sampleSize: '4' },
    )
    await trial.begin(afterRows(2))
    const second = await trial.resume({ given: { jobs: '7', timeout: '9s', runs: '5', sampleSize: '1' } })
    expect(second.ended.view.summary().rows).toMatchObject({ ok: 8, pending: 0 })
    expect(trial.stored().events.find(({ type }) => type === 'resumed')).toMatchObject({ jobs: 7, timeout: 9_000 })
    expect(trial.stored().manifest.options).toMatchObject({ jobs: 7, timeout: 9_000, runs: 2, sampleSize: 4 })
  })

  it('does not count the time in which nothing ran', async () => {
    const trial = await Trial.create({ script: slow }, { jobs: '1' })
    await trial.begin(afterRows(3))
    trial.wait(86_400_000)
    const { ended } = await trial.resume()
    expect(ended.view.summary().durationMs).toBeLessThan(3_600_000)
    expect(ended.view.run(1).durationMs).toBeLessThan(3_600_000)
  })

  it('cuts a torn line away, and says so in the log', async () => {
    const trial = await Trial.create()
    await trial.begin()
    trial.cut(trial.bytes().length - 5)
    const { events } = await trial.resume()
    expect(events.map((event) => (event.type === 'problem' ? event.code : event.type))).toContain('W_TORN_LINE')
    expect(trial.stored()).toMatchObject({ tornBytes: 0 })
  })
})

describe('an experiment whose subject has changed', () => {
  const changed = numberedRecords(6).map((record) =>
    record.key === 'r1' ? { ...record, contentHash: 'ffff222233334444' } : record,
  )
  const refusal = async (trial: Trial, options: SittingOptions): Promise<LlmobsExpError> => {
    const before = trial.bytes()
    const error = await trial.resume(options).then(
      () => undefined,
      (thrown: LlmobsExpError) => thrown,
    )
    expect(error?.code).toBe('E_RESUME_CHANGED')
    expect(trial.bytes().equals(before)).toBe(true)
    expect(trial.stored().isLocked).toBe(false)
    if (error === undefined) throw new Error('it was not refused')
    return error
  }
  const interrupted = async (rows = 3): Promise<Trial> => {
    const trial = await Trial.create({ script: slow }, { jobs: '2' })
    await trial.begin(afterRows(rows))
    return trial
  }

  it('is refused where a record has changed, and names it', async () => {
    const { message, hint } = await refusal(await interrupted(), { subject: { records: changed } })
    expect(message).toContain('1 changed ("r1")')
    expect(hint).toContain('--allow-changed')
  })

  it('is refused where records are missing or new, whether they were read before or not', async () => {
    const trial = await interrupted()
    const without = (index: number) => numberedRecords(6).filter((_, at) => at !== index)
    expect((await refusal(trial, { subject: { records: without(0) } })).message).toContain('1 gone ("r0")')
    expect((await refusal(trial, { subject: { records: without(5) } })).message).toContain('1 gone')
    expect((await refusal(trial, { subject: { records: numberedRecords(8) } })).message).toContain('2 new')
  })

  it('is not refused where records stand in another order', async () => {
    const trial = await interrupted()
    const { exitCode, ended } = await trial.resume({ subject: { records: numberedRecords(6).reverse() } })
    expect([exitCode, ended.view.summary().rows.ok]).toEqual([0, 6])
  })

  it('runs the changed and new records alone where that is allowed, and none that is gone', async () => {
    const trial = await Trial.create({ script: slow }, { runs: '2', jobs: '2' })
    await trial.begin()
    const records = [...changed.filter(({ key }) => key !== 'r4'), fakeRecord(9)]
    const second = await trial.resume({ subject: { records }, flags: { allowChanged: true } })

    expect(tasksOf(second).sort()).toEqual(['1/r1', '1/r9', '2/r1', '2/r9'])
    expect(second.ended.view.summary()).toMatchObject({ rows: { ok: 14, pending: 0 } })
    expect(second.exitCode).toBe(0)
    expect(trial.stored().rows.filter(({ key }) => key === 'r1')).toHaveLength(2)
    expect(trial.stored().manifest.options).toMatchObject({ plannedRecords: 7 })
  })

  it('leaves units of records that are gone as skipped, so that it comes to an end', async () => {
    const trial = await interrupted(2)
    const records = numberedRecords(6).slice(1, 5)
    const { exitCode, ended } = await trial.resume({ subject: { records }, flags: { allowChanged: true } })
    const { ok, skipped, pending } = ended.view.summary().rows
    expect([exitCode, pending]).toEqual([0, 0])
    expect(ok + skipped).toBeGreaterThanOrEqual(4)
    expect((await trial.resume({ subject: { records } })).wasComplete).toBe(true)
  })

  it('finds out while it reads an iterable', async () => {
    const trial = await Trial.create({ script: slow, kind: 'iterable' }, { jobs: '2' })
    await trial.begin(afterRows(3))
    const second = await trial.resume({ subject: { records: changed } })
    expect(second.ended.outcome).toMatchObject({
      reason: { kind: 'dataset-threw', error: { code: 'E_RESUME_CHANGED' } },
    })
    expect([2, 4]).toContain(second.exitCode)
    const third = await trial.resume({ subject: { records: changed }, flags: { allowChanged: true } })
    expect(third.ended.view.summary().rows).toMatchObject({ ok: 6, pending: 0 })
    expect(trial.stored().rows).toHaveLength(6)
  })

  it('is refused where the config has changed, and tells how without secrets', async () => {
    const trial = await Trial.create({ script: slow, config: '{"model":"small","apiKey":"secret-1"}' })
    await trial.begin(afterRows(3))
    const config = '{"model":"large","apiKey":"secret-2"}'
    const { message } = await refusal(trial, { subject: { config } })
    expect(message).toContain('"model": expected "small", got "large"')
    expect(message).not.toMatch(/apiKey|secret-/)
    const { exitCode } = await trial.resume({ subject: { config }, flags: { allowChanged: true } })
    const kept = '{"model":"large","apiKey":"***"}'
    expect([exitCode, trial.stored().manifest.definition.config]).toEqual([0, kept])
  })

  it('is no other experiment where only a secret in its config has changed', async () => {
    const trial = await Trial.create({ script: slow, config: '{"model":"small","apiKey":"secret-1"}' })
    await trial.begin(afterRows(3))
    const { exitCode } = await trial.resume({ subject: { config: '{"model":"small","apiKey":"secret-2"}' } })
    expect(exitCode).toBe(0)
  })

  it('takes --config as it was given when it was begun', async () => {
    const trial = await Trial.create({ script: slow }, { config: ['model=other'] })
    await trial.begin(afterRows(3))
    expect((await trial.resume()).exitCode).toBe(0)
  })

  it('is refused where its evaluators are others', async () => {
    const { message } = await refusal(await interrupted(), { subject: { evaluators: ['e0', 'e9'] } })
    expect(message).toContain('evaluators: expected e0, e1')
  })

  it('goes on with a warning where only the code of the module has changed, and warns once', async () => {
    const trial = await interrupted()
    const codes = ({ events }: Sitting) => events.flatMap((event) => (event.type === 'problem' ? [event.code] : []))
    const second = await trial.resume({ subject: { moduleHash: 'm2' }, ...afterRows(1) })
    expect(codes(second)).toEqual(['W_MODULE_CHANGED'])
    expect(codes(await trial.resume({ subject: { moduleHash: 'm2' } }))).toEqual([])
  })
})
