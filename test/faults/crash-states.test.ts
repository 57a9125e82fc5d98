import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/engine/select.ts'
import { type CliProject, cliProject } from '../helpers/cli.ts'
import { experiment } from '../helpers/modules.ts'
import { tempFolder } from '../helpers/temp-folder.ts'
import { count } from './counts.ts'
import { type Bounds, checkState, type Rows, readRows, rowsBefore } from './disk/check-state.ts'
import { diskEnv, readCalls } from './disk/record.ts'
import { afterCrash, afterPowerFailure, afterTornWrite, type DiskState, writeState } from './disk/states.ts'

// P14: every state that a disk can be in, after a run that was cut off anywhere, is a store that can be opened, with every row in it
// that had to be there. The method is SQLite's.

/** How many choices there are for what a power failure leaves, at each moment. */
const CHOICES = process.env.FAULTS === 'all' ? 20 : 3

/** And how many states are gone on with. */
const RESUMED = process.env.FAULTS === 'all' ? 200 : 9

/** Milliseconds that a test may take in the long tier. */
const LONG = 3_600_000

/** So slow that the log is synced while it is written. */
const slow = experiment(
  `dataset: Array.from({ length: 10 }, (_, n) => ({ id: 'r' + n, input: n })),
  runs: 2, jobs: 3,
  task: async (input) => { await setTimeout(100 + 20 * (input % 5)); return 'x'.repeat(100) + input },
  evaluators: { long: ({ output }) => output.length, same: ({ output }) => ({ value: 'a', reasoning: output.slice(0, 50) }) },
  summaryEvaluators: { total: ({ outputs }) => outputs.length },`,
  "import { setTimeout } from 'node:timers/promises'",
)

async function recordRun() {
  const project = await cliProject({ 'exp.ts': slow })
  const store = join(project.folder, '.llmobs-exp')
  const record = join(project.folder, 'calls')
  const { exitCode } = await project.run(['run', 'exp.ts'], { env: diskEnv({ folder: store, record }) })
  expect(exitCode).toBe(0)
  return { project, calls: readCalls(record), store, truth: new Map(await readRows(store)) }
}

let recording: ReturnType<typeof recordRun> | undefined

/** One run for all tests. Its folder goes with the first of them. */
function recorded(): ReturnType<typeof recordRun> {
  recording ??= recordRun()
  return recording
}

describe('P14: a run that is cut off', { timeout: LONG }, () => {
  const check = async (state: DiskState, bounds: Bounds): Promise<void> => {
    const { store, truth } = await recorded()
    const to = join(await tempFolder(), 'store')
    writeState(state, { from: store, to })
    count('rows checked', await checkState(to, truth, bounds))
    count('crash states')
    rmSync(to, { recursive: true })
  }

  test('has its log synced while it is written', async () => {
    const { calls, truth } = await recorded()
    expect(truth.size).toBe(20)
    expect(calls.filter(({ call }) => call === 'fdatasync-end').length).toBeGreaterThan(0)
    const { written, synced } = rowsBefore(
      calls,
      calls.findLastIndex(({ call }) => call === 'writeSync'),
    )
    expect(written.size).toBe(20)
    expect(synced.size).toBe(20)
  })

  test('by its death has every row in the store that was written', async () => {
    const { calls } = await recorded()
    for (let count = 0; count <= calls.length; count++) {
      const { written } = rowsBefore(calls, count)
      await check(afterCrash(calls, count), { atLeast: written, atMost: written, what: `after call ${count}` })
    }
  })

  test('in the middle of a write has every row that was written before', async () => {
    const { calls } = await recorded()
    const random = createRandom(1)
    for (let count = 1; count <= calls.length; count++) {
      if (calls[count - 1]?.call !== 'writeSync') continue
      const atLeast = rowsBefore(calls, count - 1).written
      const bounds = { atLeast, atMost: rowsBefore(calls, count).written, what: `torn at call ${count}` }
      for (let choice = 0; choice < CHOICES; choice++) await check(afterTornWrite(calls, count, random), bounds)
    }
  })

  test('by a power failure has every row that was synced, whatever is left of the rest', async () => {
    const { calls } = await recorded()
    const random = createRandom(2)
    for (let count = 0; count <= calls.length; count++) {
      const { written, synced } = rowsBefore(calls, count)
      for (let choice = 0; choice < CHOICES; choice++) {
        await check(afterPowerFailure(calls, count, random), {
          atLeast: synced,
          atMost: written,
          what: `power failure ${choice} after call ${count}`,
        })
      }
    }
  })

  test('is complete after resume, from any such state', async () => {
    const { project, calls, store, truth } = await recordRun()
    const random = createRandom(3)
    for (let time = 0; time < RESUMED; time++) {
      const count = Math.floor(random() * (calls.length + 1))
      const make = [afterCrash, afterTornWrite, afterPowerFailure][time % 3] ?? afterCrash
      rmSync(store, { recursive: true, force: true })
      writeState(make(calls, count, random), { from: store, to: store })
      await resumeState({ project, store, truth, what: `${make.name} ${count}` })
    }
  })
})

interface State {
  readonly project: CliProject
  readonly store: string
  readonly truth: Rows
  /** For messages. */
  readonly what: string
}

/** What cannot be resumed has nothing of any row. */
async function resumeState({ project, store, truth, what }: State): Promise<void> {
  const before = new Map(await readRows(store))
  const result = await project.run(['resume', 'latest', '--retry-poison'])
  const after = new Map(await readRows(store))
  count('crash states resumed')
  if (result.exitCode === 0) {
    expect(after.size, what).toBe(truth.size)
    const changed = [...before].filter(([unit, { result }]) => after.get(unit)?.result !== result)
    expect(
      changed.map(([unit]) => unit),
      what,
    ).toEqual([])
  } else {
    expect([what, result.exitCode, result.stderr, before.size]).toEqual([
      what,
      expect.any(Number),
      expect.stringMatching(/E_STORE_/),
      0,
    ])
  }
}
