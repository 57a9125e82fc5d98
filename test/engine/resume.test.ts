import { describe, expect, it } from 'vitest'
import { type Rest, resume } from '../../src/engine/resume.ts'
import type { ResumedUnit } from '../../src/engine/resume-row.ts'
import { createStopSwitch } from '../../src/engine/stop.ts'
import type { Resumed, RunEvent } from '../../src/model/events.ts'
import type { RecordText } from '../../src/model/row.ts'
import { createFakeClock, settle } from '../helpers/fake-clock.ts'
import { createFakeExecutor, fakeRecord, fakeRecords, type Script } from '../helpers/fake-executor.ts'
import { memoryReader } from '../helpers/memory-reader.ts'
import { fakeIds, fakePlan } from './harness.ts'

const resumed: Resumed = {
  type: 'resumed',
  endedAt: 0,
  tool: '0.1.0',
  jobs: 4,
  timeout: 1_000,
  evalTimeout: 1_000,
  maxRetries: 0,
  maxErrors: '0',
  raiseErrors: false,
  retryErrors: false,
  retryPoison: false,
  allowChanged: false,
  module: 'm',
  inFlight: [],
  alone: [],
  reopened: [],
}

function whole(index: number): ResumedUnit {
  return { kind: 'whole', key: `r${index}`, iteration: 1, generation: 0, record: fakeRecord(index) }
}

/** Three records of the log, of which nothing is left but what a test says. */
const logged: RunEvent[] = [0, 1, 2].map((index) => ({ type: 'record', ...fakeRecord(index), seq: index + 1, at: 0 }))

interface Story {
  readonly rest?: Partial<Rest>
  readonly script?: Script
  readonly runs?: number
  readonly evaluators?: readonly string[]
  readonly records?: number
}

/** Everything that comes of it, and the calls that were made. */
async function run({ rest = {}, script = () => ({}), runs = 1, evaluators = ['e0', 'e1'], records = 0 }: Story) {
  const clock = createFakeClock()
  const executor = createFakeExecutor({ clock, evaluators, script, records: fakeRecords(records) })
  const events: RunEvent[] = []
  const stop = createStopSwitch()
  const nothing: Rest = {
    resumed,
    problems: [],
    alone: [],
    async *started() {},
    stateOf: () => 'open',
    readsDataset: false,
    meet: () => ({ isNews: false }),
    endDataset: () => false,
    pending: () => undefined,
  }
  const ports = { executor, reader: memoryReader(logged), clock, ids: fakeIds(), stop }
  const plan = fakePlan({ runs, evaluators, firstSeq: 4 })
  let isOver = false
  const reading = (async () => {
    for await (const batch of resume(plan, { ...nothing, ...rest }, ports)) events.push(...batch)
    isOver = true
  })()
  while (!isOver) {
    await settle()
    clock.next()
  }
  await reading
  return { events, executor, stop, calls: executor.calls.map(({ kind, key, name }) => `${kind} ${key}${name}`) }
}

describe('the engine, going on', () => {
  it('says so first, and numbers its events from where the log ended', async () => {
    const { events } = await run({
      rest: { problems: [{ type: 'problem', severity: 'warning', code: 'W_TORN_LINE', message: 'm' }] },
    })
    expect(events.map(({ seq, type }) => `${seq} ${type}`)).toEqual(['4 resumed', '5 problem', '6 run-finished'])
  })

  it('runs what is pending of the records of the log, and writes none of them again', async () => {
    const pending = (record: RecordText): ResumedUnit | undefined => (record.key === 'r1' ? whole(1) : undefined)
    const { events, calls } = await run({ rest: { pending } })
    expect(calls).toEqual(['task r1', 'evaluator r1e0', 'evaluator r1e1'])
    expect(events.filter(({ type }) => type === 'record')).toEqual([])
  })

  it('finishes no run that has finished, and begins one whose beginning is lost anew', async () => {
    const states = ['finished', 'lost', 'new'] as const
    const { events } = await run({ runs: 3, rest: { stateOf: (iteration) => states[iteration - 1] ?? 'new' } })
    const told = events.flatMap((event) => ('iteration' in event ? [`${event.type} ${event.iteration}`] : []))
    expect(told.sort()).toEqual(['run-finished 2', 'run-finished 3', 'run-started 2', 'run-started 3'])
  })

  it('calls only the evaluators that are missing, with the output that is there', async () => {
    const unit: ResumedUnit = {
      ...whole(0),
      kind: 'partial',
      task: { status: 'ok', output: '7' },
      evaluated: new Set(['e0']),
      replaces: 3,
    }
    const { events, calls } = await run({ rest: { started: () => batches([unit]) } })
    expect(calls).toEqual(['evaluator r0e1'])
    expect(events.slice(1, 3)).toMatchObject([
      { type: 'evaluation-finished', evaluator: 'e1', replaces: 3 },
      { type: 'row-finished', status: 'ok', replaces: 3 },
    ])
  })

  it('ends a row whose task had failed without any call', async () => {
    const error = { code: 'E_TASK', name: 'Error', message: 'no' } as const
    const unit: ResumedUnit = { ...whole(0), kind: 'partial', task: { status: 'error', error }, evaluated: new Set() }
    const { events, calls } = await run({ rest: { started: () => batches([unit]) } })
    expect(calls).toEqual([])
    expect(events.slice(1, 4)).toMatchObject([
      { evaluator: 'e0', status: 'skipped' },
      { evaluator: 'e1', status: 'skipped' },
      { type: 'row-finished', status: 'error' },
    ])
  })

  it('lets a unit fail that is given up, and leaves one out whose record is gone', async () => {
    const error = { code: 'E_TASK_CRASHED', name: 'Error', message: 'crashed' } as const
    const units: ResumedUnit[] = [
      { ...whole(0), kind: 'failed', error },
      { ...whole(1), kind: 'skipped' },
    ]
    const { events, calls } = await run({ rest: { started: () => batches(units) } })
    expect(calls).toEqual([])
    expect(events.flatMap((event) => (event.type === 'row-finished' ? [`${event.key} ${event.status}`] : []))).toEqual([
      'r0 error',
      'r1 skipped',
    ])
    expect(events.find(({ type }) => type === 'task-finished')).toMatchObject({
      key: 'r0',
      error: { code: 'E_TASK_CRASHED' },
    })
  })

  it('runs suspects one after another, before anything else', async () => {
    const { executor } = await run({
      rest: { alone: [whole(0), whole(1)], pending: (record) => (record.key === 'r2' ? whole(2) : undefined) },
      script: () => ({ after: 10 }),
    })
    expect(executor.mostUnits).toBe(1)
    expect(executor.calls.filter(({ kind }) => kind === 'task').map(({ key }) => key)).toEqual(['r0', 'r1', 'r2'])
  })

  it('writes records that are new before their units, and reads the dataset only where there may be some', async () => {
    const { events, calls } = await run({
      records: 5,
      evaluators: [],
      rest: {
        readsDataset: true,
        meet: (record) => (record.key === 'r4' ? { isNews: true, replaces: 3, unit: whole(4) } : { isNews: false }),
      },
    })
    expect(calls).toEqual(['task r4'])
    expect(events.slice(1, 3)).toMatchObject([{ type: 'record', key: 'r4', replaces: 3 }, { type: 'task-finished' }])
  })

  it('gives a task that is run again its generation', async () => {
    const { events } = await run({ rest: { started: () => batches([{ ...whole(0), generation: 2, replaces: 3 }]) } })
    const units = events.filter((event) => 'generation' in event)
    expect(units.map((event) => ('generation' in event ? [event.generation, event.replaces] : []))).toEqual(
      Array(4).fill([2, 3]),
    )
  })
})

async function* batches(units: readonly ResumedUnit[]): AsyncGenerator<readonly ResumedUnit[], void> {
  yield units
}
