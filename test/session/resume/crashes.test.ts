import { describe, expect, it } from 'vitest'
import type { Script } from '../../helpers/fake-executor.ts'
import { numberedRecords, type Sitting, Trial } from './trial.ts'

/** One record ends the process whenever its task is called, and the others take their time. */
const poison: Script = ({ kind, key }) =>
  kind === 'task' && key === 'r2' ? { result: 'thread-ended', after: 5 } : { after: 10 }

function resumedOf({ events }: Sitting) {
  const resumed = events.find((event) => event.type === 'resumed')
  if (resumed?.type !== 'resumed') throw new Error('it was not resumed')
  return resumed
}

function tasksOf({ calls }: Sitting): string[] {
  return calls.filter(({ kind }) => kind === 'task').map(({ key }) => key)
}

describe('a unit with which the process ends', () => {
  it('is suspected with those beside it, then alone, then given up, named, and counted as an error', async () => {
    const trial = await Trial.create({ records: numberedRecords(8), script: poison }, { jobs: '4' })
    const sittings = [await trial.begin(), await trial.resume(), await trial.resume(), await trial.resume()]

    expect(sittings.map(({ exitCode }) => exitCode)).toEqual([4, 4, 4, 1])
    const [, second, third, fourth] = sittings
    if (second === undefined || third === undefined || fourth === undefined) throw new Error('too few')
    expect([...resumedOf(second).inFlight].sort()).toEqual(['1/r0', '1/r1', '1/r2', '1/r3'])
    expect(resumedOf(second).alone).toEqual([])
    // Those beside it are cleared one after another before it.
    expect(resumedOf(third).alone).toContain('1/r2')
    expect(tasksOf(third).at(-1)).toBe('r2')
    expect(resumedOf(fourth)).toMatchObject({ inFlight: ['1/r2'] })
    expect(tasksOf(fourth)).not.toContain('r2')
    const rows = trial.stored().rows
    expect(rows.filter(({ status }) => status === 'ok')).toHaveLength(7)
    expect(rows.find(({ key }) => key === 'r2')).toMatchObject({ status: 'error', error: { code: 'E_TASK_CRASHED' } })
    expect(fourth.events).toContainEqual(
      expect.objectContaining({ type: 'problem', code: 'E_TASK_CRASHED', severity: 'error', key: 'r2' }),
    )
    expect(fourth.ended.view.summary()).toMatchObject({ rowsWithErrors: 1, rows: { ok: 7, error: 1, pending: 0 } })
  })

  it('is tried again, alone, only when that is asked for', async () => {
    const trial = await Trial.create({ records: numberedRecords(8), script: poison }, { jobs: '4' })
    await trial.begin()
    for (const _ of [1, 2, 3]) await trial.resume()
    const harmless = { script: () => ({}) }
    const retried = await trial.resume({ subject: harmless, flags: { retryErrors: true } })
    expect(tasksOf(retried)).toEqual([])
    const tried = await trial.resume({ subject: harmless, flags: { retryPoison: true } })
    expect(tasksOf(tried)).toEqual(['r2'])
    expect([tried.exitCode, tried.ended.view.summary().rows.ok]).toEqual([0, 8])
  })

  it('keeps the output of a task whose evaluator ends the process', async () => {
    const script: Script = ({ kind, name, key }) =>
      kind === 'evaluator' && name === 'e1' && key === 'r2' ? { result: 'thread-ended', after: 5 } : { after: 10 }
    const trial = await Trial.create({ script }, { jobs: '3' })
    const sittings = [await trial.begin(), await trial.resume(), await trial.resume(), await trial.resume()]

    expect(sittings.map(({ exitCode }) => exitCode)).toEqual([4, 4, 4, 1])
    expect(sittings.flatMap(tasksOf).filter((key) => key === 'r2')).toHaveLength(1)
    expect(trial.stored().rows.find(({ key }) => key === 'r2')).toMatchObject({
      status: 'ok',
      evaluations: { e0: { status: 'ok' }, e1: { status: 'error', error: { code: 'E_TASK_CRASHED' } } },
    })
  })

  it('is not counted for a process that ended in good order', async () => {
    const trial = await Trial.create({ records: numberedRecords(8), script: () => ({ after: 10 }) }, { jobs: '4' })
    const end: Parameters<Trial['resume']>[0] = {
      onEvent: ({ type }, { stop }) => {
        if (type === 'task-finished') stop.stop({ kind: 'signal', signal: 'SIGINT' })
      },
    }
    await trial.begin(end)
    const sittings = [await trial.resume(end), await trial.resume()]
    expect(sittings.map((sitting) => resumedOf(sitting).inFlight)).toEqual([[], []])
  })
})
