import process from 'node:process'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { itemsOfRow, itemsOfRun } from '../../../src/backends/batching/push-items.ts'
import { readCurrentEvents } from '../../../src/backends/local/current-events.ts'
import { createRowReader } from '../../../src/backends/local/row-reader.ts'
import type { GivenFlags } from '../../../src/config/given.ts'
import { createRandom } from '../../../src/engine/select.ts'
import { createTally } from '../../../src/session/tally.ts'
import type { FakeCall, Script, Scripted } from '../../helpers/fake-executor.ts'
import type { StoredRow } from '../../helpers/stored.ts'
import { numberedRecords, type Sitting, type SittingOptions, type Subject, Trial } from './trial.ts'

/** What one call comes to. */
const scripted: fc.Arbitrary<Scripted> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Scripted>({}) },
  { weight: 4, arbitrary: fc.record({ after: fc.integer({ min: 1, max: 900 }) }) },
  { weight: 1, arbitrary: fc.constant<Scripted>({ result: 'error' }) },
  { weight: 1, arbitrary: fc.constant<Scripted>({ result: 'not-applicable' }) },
)

const setting = fc.record({
  count: fc.integer({ min: 1, max: 12 }),
  runs: fc.integer({ min: 1, max: 3 }),
  jobs: fc.integer({ min: 1, max: 6 }),
  evaluators: fc.subarray(['e0', 'e1']),
  summaryEvaluators: fc.subarray(['s0']),
  kind: fc.constantFrom('array' as const, 'iterable'),
  scripts: fc.array(scripted, { minLength: 1, maxLength: 8 }),
  salt: fc.nat(1_000),
})
/** Shares of what a process has written. */
const places = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 1, maxLength: 4 })
type Setting = typeof setting extends fc.Arbitrary<infer T> ? T : never

/** The same call has the same end, whenever it is made. */
function pick({ scripts, salt }: Setting, call: FakeCall): Scripted {
  const text = `${call.kind}${call.name}${call.key}${call.iteration}`
  let hash = salt
  for (let index = 0; index < text.length; index++) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) >>> 0
  return scripts[Math.floor(createRandom(hash)() * scripts.length)] ?? {}
}

function subjectOf({ count, evaluators, summaryEvaluators, kind }: Setting): Partial<Subject> {
  return { evaluators, summaryEvaluators, kind, records: numberedRecords(count) }
}

function optionsOf({ runs, jobs }: Setting): GivenFlags {
  return { runs: String(runs), jobs: String(jobs), maxIdenticalErrors: '0' }
}

function create(given: Setting): Promise<Trial> {
  return Trial.create({ ...subjectOf(given), script: (call) => pick(given, call) }, optionsOf(given))
}

interface LogLine {
  readonly type: string
  readonly key: string
  readonly iteration: number
  readonly status: string
}

/** Units whose task has a result in the log that is not tried again. */
function boughtTasks(trial: Trial, retryErrors: boolean): Set<string> {
  const lines = trial.bytes().toString('utf8').split('\n').slice(0, -1)
  return unitsOf(lines.map((line): LogLine => JSON.parse(line)).filter((line) => line.status === 'ok' || !retryErrors))
}

/** Units whose record and task can be read in a damaged log. */
function intactTasks(bytes: Buffer): Set<string> {
  const lines = bytes.toString('latin1').split('\n').slice(0, -1)
  const intact = lines.flatMap((line): LogLine[] => {
    const at = line.lastIndexOf(',"crc":')
    const isIntact =
      line.endsWith('}') && crc32(Buffer.from(line.slice(0, at), 'latin1')) === Number(line.slice(at + 7, -1))
    return isIntact ? [JSON.parse(line)] : []
  })
  const records = new Set(intact.flatMap(({ type, key }) => (type === 'record' ? [key] : [])))
  return unitsOf(intact.filter(({ key }) => records.has(key)))
}

function unitsOf(lines: readonly LogLine[]): Set<string> {
  return new Set(lines.flatMap((line) => (line.type === 'task-finished' ? [`${line.iteration}/${line.key}`] : [])))
}

function tasksOf({ calls }: Sitting): string[] {
  return calls.flatMap(({ kind, key, iteration }) => (kind === 'task' ? [`${iteration}/${key}`] : []))
}

/** The rows of a log with damaged lines. */
async function currentRows(trial: Trial): Promise<string[]> {
  const rows: string[] = []
  for await (const row of createRowReader(trial.events).rows({})) rows.push(describeRow(row))
  return rows.sort()
}

/** Numbers that do not depend on when and in which order things happened. */
function numbersOf(summary: object): unknown {
  return JSON.parse(
    JSON.stringify(summary, (key, value: unknown) => {
      if (/^(?:durationMs|taskLatency|runId|failingUnits|errors)$/.test(key)) return undefined
      return typeof value === 'number' ? Number(value.toPrecision(9)) : value
    }),
  )
}

/** What a later reader makes of the log is what its process has counted, and what stands in it by the simplest reading. */
async function checkReaders(trial: Trial, { ended }: Sitting): Promise<void> {
  const { info } = ended
  const tally = createTally({ evaluators: info.evaluators, runs: info.runs })
  for await (const events of readCurrentEvents(trial.events)) for (const event of events) tally.apply(event)
  expect(numbersOf(tally.summary())).toEqual(numbersOf(ended.view.summary()))
  const rows: string[] = []
  for await (const row of createRowReader(trial.events).rows({})) rows.push(describeRow(row))
  expect(rows).toEqual(trial.stored().rows.map((row) => describeRow({ ...row, evaluations: evaluationsOf(row) })))
  await checkPushed(trial)
}

/** What is counted for a backend is what it would be sent, and nothing that does not count any more. */
async function checkPushed(trial: Trial): Promise<void> {
  const source = await trial.pushSource()
  const { events, runs, superseded = [] } = await source.progress()
  const seqs: number[] = []
  const date = (_seq: number, at: number) => ({ at })
  for (const run of runs) {
    const rows = source.follow(run.iteration)
    for (let row = await rows.next(); row !== undefined; row = await rows.next()) {
      seqs.push(...itemsOfRow(row, run, date).map(({ seq }) => seq))
    }
    await rows.close()
    seqs.push(...itemsOfRun(run, run, date).map(({ seq }) => seq))
  }
  expect(seqs).toHaveLength(events)
  expect(new Set(seqs).size).toBe(events)
  expect(superseded.filter((seq) => seqs.includes(seq))).toEqual([])
}

function evaluationsOf({ evaluations }: StoredRow) {
  return Object.entries(evaluations).map(([evaluator, { status }]) => ({ evaluator, status }))
}

interface DescribedRow {
  readonly key: string
  readonly iteration: number
  readonly status: string
  readonly evaluations: readonly { readonly evaluator: string; readonly status: string }[]
}

function describeRow({ key, iteration, status, evaluations }: DescribedRow): string {
  const results = evaluations.map(({ evaluator, status }) => `${evaluator}=${status}`).sort()
  return `${iteration}/${key} ${status} ${results.join(' ')}`
}

function rowsOf(trial: Trial): string[] {
  return trial
    .stored()
    .rows.map((row) => describeRow({ ...row, evaluations: evaluationsOf(row) }))
    .sort()
}

const RUNS = Number(process.env.PROPERTY_RUNS ?? 40)

describe('an experiment that ended early, whatever its log has come to', () => {
  it('is gone on with from any byte to what it would have been, and buys no task result twice', async () => {
    const property = fc.asyncProperty(setting, places, fc.boolean(), async (given, cuts, retryErrors) => {
      const whole = await create(given)
      const uninterrupted = await whole.begin()
      const trial = await create(given)
      await trial.begin()
      let kept = 0
      for (const cut of cuts) {
        // A later process adds to what was there before it, and dies in turn.
        kept += Math.floor((trial.bytes().length - kept) * cut)
        trial.cut(kept)
        kept = trial.bytes().lastIndexOf(0x0a) + 1
        const bought = boughtTasks(trial, retryErrors)
        const sitting = await trial.resume({ flags: { retryErrors, retryPoison: true } })
        expect(tasksOf(sitting).filter((unit) => bought.has(unit))).toEqual([])
        expect(numbersOf(sitting.ended.view.summary())).toEqual(numbersOf(uninterrupted.ended.view.summary()))
        expect(sitting.ended.outcome).toEqual(uninterrupted.ended.outcome)
        await checkReaders(trial, sitting)
      }
      expect(rowsOf(trial)).toEqual(rowsOf(whole))
      expect(trial.stored()).toMatchObject({ tornBytes: 0, isLocked: false })
    })
    await fc.assert(property, { numRuns: RUNS })
  })

  it('is gone on with after any signals, and calls again only what they cut short', async () => {
    const property = fc.asyncProperty(setting, places, async (given, stops) => {
      const whole = await create(given)
      await whole.begin()
      const trial = await create(given)
      let done = new Set<string>()
      for (const [index, place] of [...stops, 1].entries()) {
        const last = 1 + Math.floor(place * 3 * given.count * given.runs)
        let seen = 0
        const onEvent: SittingOptions['onEvent'] = ({ type }, { stop }) => {
          // What ends before any task was called leaves nothing.
          if (place < 1 && type !== 'record' && /finished$/.test(type) && ++seen === last)
            stop.stop({ kind: 'signal', signal: 'SIGINT' })
        }
        const sitting = index === 0 ? await trial.begin({ onEvent }) : await trial.resume({ onEvent })
        expect(tasksOf(sitting).filter((unit) => done.has(unit))).toEqual([])
        await checkReaders(trial, sitting)
        const before = done
        done = boughtTasks(trial, false)
        expect([...before].filter((unit) => !done.has(unit))).toEqual([])
      }
      expect(rowsOf(trial)).toEqual(rowsOf(whole))
    })
    await fc.assert(property, { numRuns: RUNS })
  })

  it('makes good any damage, and buys no result twice that can still be read', async () => {
    const property = fc.asyncProperty(
      setting,
      fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
      async (given, flips) => {
        const trial = await create(given)
        await trial.begin()
        const before = rowsOf(trial)
        const bytes = trial.bytes()
        for (const flip of flips) {
          const at = flip % bytes.length
          // A line feed that is gone makes one damaged line of two; one that is new makes two of one.
          bytes[at] = (bytes[at] ?? 0) ^ 1
        }
        trial.overwrite(bytes)
        const readable = intactTasks(bytes)
        const sitting = await trial.resume()
        expect(tasksOf(sitting).filter((unit) => readable.has(unit))).toEqual([])
        expect(await currentRows(trial)).toEqual(before)
        const again = await trial.resume()
        expect(again.calls).toEqual([])
        expect(again.ended.outcome).toEqual(sitting.ended.outcome)
      },
    )
    await fc.assert(property, { numRuns: RUNS })
  })

  it('has all that failed tried again, from any byte, and keeps what did not fail', async () => {
    const property = fc.asyncProperty(setting, places, async (given, cuts) => {
      const healed = await Trial.create(subjectOf(given), optionsOf(given))
      const script: Script = (call) => {
        const { result, ...times } = pick(given, call)
        return result === 'error' ? times : { ...times, ...(result === undefined ? {} : { result }) }
      }
      await healed.begin({ subject: { script } })
      const trial = await create(given)
      await trial.begin()
      let kept = trial.bytes().length
      for (const cut of cuts) {
        await trial.resume({ subject: { script }, flags: { retryErrors: true, retryPoison: true } })
        kept += Math.floor((trial.bytes().length - kept) * cut)
        trial.cut(kept)
        kept = trial.bytes().lastIndexOf(0x0a) + 1
      }
      const bought = boughtTasks(trial, true)
      const sitting = await trial.resume({ subject: { script }, flags: { retryErrors: true, retryPoison: true } })
      expect(tasksOf(sitting).filter((unit) => bought.has(unit))).toEqual([])
      expect(rowsOf(trial)).toEqual(rowsOf(healed))
      await checkReaders(trial, sitting)
    })
    await fc.assert(property, { numRuns: RUNS })
  })
})
