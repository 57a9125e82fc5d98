import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventLine } from '../../../src/backends/local/event-line.ts'
import { followRows } from '../../../src/backends/local/follow-rows.ts'
import { experimentFiles } from '../../../src/backends/local/layout.ts'
import { createPushScan } from '../../../src/backends/local/push-scan.ts'
import { openPushSource } from '../../../src/backends/local/push-source.ts'
import { createRandom } from '../../../src/engine/select.ts'
import type { EvaluatorResult, EventBody, RunEvent } from '../../../src/model/events.ts'
import type { PushSource, RowFollower } from '../../../src/model/push.ts'
import type { Row } from '../../../src/model/row.ts'
import { anyEvent, anyText } from '../../helpers/arbitrary-events.ts'
import { experimentEvents, stamped, unitEvents } from '../../helpers/events.ts'
import { createFakeClock } from '../../helpers/fake-clock.ts'
import { seqsToPush } from '../../helpers/memory-push.ts'
import { memoryReader } from '../../helpers/memory-reader.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'
import { fakeManifest } from './manifests.ts'

async function openSource(): Promise<{
  source: PushSource
  append: (events: readonly RunEvent[]) => void
  path: string
}> {
  const manifest = fakeManifest('20261122t081503-k3f9q2')
  const files = experimentFiles(await tempFolder(), manifest.experimentId)
  mkdirSync(files.folder, { recursive: true })
  writeFileSync(files.events, '')
  const owner = { pid: 11, host: 'here' }
  const source = openPushSource({ files, manifest, owner, isGone: () => false, clock: createFakeClock() })
  return {
    source,
    append: (events) => appendFileSync(files.events, events.map(eventLine).join('')),
    path: files.events,
  }
}

/** All rows that there are by now. */
async function rest(follower: RowFollower): Promise<Row[]> {
  const rows: Row[] = []
  try {
    for (let row = await follower.next(); row !== undefined; row = await follower.next()) rows.push(row)
    return rows
  } finally {
    await follower.close()
  }
}

/** A line as a later version may write it. */
function newerLine(event: RunEvent): string {
  const line = eventLine(event).replace('{"v":1,', '{"v":2,')
  const body = line.slice(0, line.lastIndexOf(',"crc":'))
  return `${body},"crc":${crc32(body)}}\n`
}

async function inMemory(events: readonly RunEvent[], iteration: number): Promise<Row[]> {
  const rows: Row[] = []
  for await (const row of memoryReader(events).rows({ iteration })) rows.push(row)
  return rows
}

/** A log in which the units of several runs are under way at once, as the engine writes it. */
const interleaved = fc
  .record({
    keys: fc.uniqueArray(fc.oneof(fc.stringMatching(/^[a-z0-9/"]{1,3}$/), anyText), { maxLength: 8 }),
    runs: fc.integer({ min: 1, max: 3 }),
    seed: fc.nat(),
  })
  .map(({ keys, runs, seed }) => {
    const random = createRandom(seed)
    const events: EventBody[] = []
    let open: EventBody[][] = []
    const takeOne = (): void => {
      const next = open[Math.floor(random() * open.length)]?.shift()
      if (next !== undefined) events.push(next)
      open = open.filter(({ length }) => length > 0)
    }
    for (let iteration = 1; iteration <= runs; iteration++) {
      events.push({ type: 'run-started', iteration, runId: `run ${iteration}` })
      for (const key of keys) {
        const [record, ...others] = unitEvents({ key, iteration: 1, evaluators: someResults(random()) })
        const unit = others.map((event) => ('iteration' in event ? { ...event, iteration } : event))
        if (iteration === 1 && record !== undefined) events.push(record)
        open.push(unit)
        while (open.length > 1 + Math.floor(random() * 5)) takeOne()
      }
    }
    while (open.length > 0) takeOne()
    return { events: stamped(events), runs, seed }
  })

function someResults(random: number): { readonly [name: string]: EvaluatorResult } {
  const score = { label: 'e', type: 'score', value: random } as const
  const skipped = { status: 'skipped', reason: 'not-applicable' } as const
  return random < 0.3
    ? { e: { status: 'ok', evaluations: [score] } }
    : { e: { status: 'ok', evaluations: [] }, f: skipped }
}

describe('the rows of a log that grows', () => {
  it('are those of the whole log, each once, wherever the log ends for the moment', async () => {
    const property = fc.asyncProperty(interleaved, async ({ events, runs, seed }) => {
      const file = join(await tempFolder(), 'events.jsonl')
      const random = createRandom(seed)
      const bytes = Buffer.from(events.map(eventLine).join(''))
      writeFileSync(file, '')
      const iterations = Array.from({ length: runs }, (_, index) => index + 1)
      const followers = iterations.map((iteration) =>
        followRows(file, { iteration, from: 0, to: () => Number.POSITIVE_INFINITY }),
      )
      const found = iterations.map((): Row[] => [])
      for (let written = 0; written < bytes.length; ) {
        // Also in the middle of a line.
        const end = Math.min(bytes.length, written + Math.ceil(random() * 900))
        appendFileSync(file, bytes.subarray(written, end))
        written = end
        for (const [index, follower] of followers.entries()) found[index]?.push(...(await rest(follower)))
      }
      for (const iteration of iterations) expect(found[iteration - 1]).toEqual(await inMemory(events, iteration))
    })
    await fc.assert(property, { numRuns: 60 })
  })

  it('are those that the log was known to have: what was written since comes the next time', async () => {
    const { source, append } = await openSource()
    const events = experimentEvents({ units: [{ key: 'a' }, { key: 'b' }, { key: 'c' }] })
    const seconds = events.filter(({ type }) => type === 'row-finished').map(({ seq }) => seq)
    append(events.slice(0, seconds[0]))
    await source.progress()
    const follower = source.follow(1)
    append(events.slice(seconds[0], seconds[1]))
    expect((await rest(follower)).map(({ key }) => key)).toEqual(['a', 'b'])
    append(events.slice(seconds[1]))
    expect(await rest(follower)).toEqual([])
    await source.progress()
    expect((await rest(follower)).map(({ key }) => key)).toEqual(['c'])
  })

  it('may be as long as they like', async () => {
    const { source, append } = await openSource()
    const long = JSON.stringify('x'.repeat(700_000))
    const units = ['a', 'b'].map((key) => ({ key, input: long, task: { status: 'ok', output: long } as const }))
    const events = experimentEvents({ units })
    append(events)
    await source.progress()
    expect(await rest(source.follow(1))).toEqual(await inMemory(events, 1))
  })

  it('are without those that lost their record', async () => {
    const { source, append } = await openSource()
    append(
      experimentEvents({ units: [{ key: 'a' }, { key: 'b' }] }).filter(
        (event) => event.type !== 'record' || event.key !== 'a',
      ),
    )
    await source.progress()
    expect((await rest(source.follow(1))).map(({ key }) => key)).toEqual(['b'])
  })

  it('of a later run are read from where that begins, and a line of a newer version is refused', async () => {
    const { source, path } = await openSource()
    const units = Array.from({ length: 500 }, (_, index) => ({ key: `k-${index}` }))
    const events = experimentEvents({ runs: 2, units })
    const first = events.findIndex(({ type }) => type === 'task-finished')
    writeFileSync(path, events.map((event, index) => (index === first ? newerLine(event) : eventLine(event))).join(''))
    await source.progress()
    await expect(rest(source.follow(1))).rejects.toMatchObject({ code: 'E_STORE_FORMAT' })
    expect(await rest(source.follow(2))).toEqual(await inMemory(events, 2))
  })
})

describe('how far a log has come', () => {
  it('is told by its runs, its end, and what there is to push', async () => {
    const { source, append } = await openSource()
    expect(await source.progress()).toEqual({ startedAt: 0, lastSeq: 0, events: 0, runs: [] })
    const events = experimentEvents({ runs: 2, units: [{ key: 'a' }, { key: 'b' }] })
    const end = events.findIndex(({ type }) => type === 'run-finished')
    append(events.slice(0, end))
    const runId = (iteration: number) => `c9f0f895-fb98-4b91-9d47-00000000000${iteration}`
    const first = { iteration: 1, runId: runId(1), ends: [] }
    const startedAt = events[0]?.at
    expect(await source.progress()).toEqual({ startedAt, lastSeq: end, events: 2, runs: [first] })
    append(events.slice(end))
    const ends = events.filter(({ type }) => type === 'run-finished').map(({ seq, at }) => [{ seq, at, summaries: [] }])
    expect(await source.progress()).toEqual({
      startedAt,
      lastSeq: events.length,
      events: 4,
      runs: [
        { ...first, ends: ends[0] },
        { iteration: 2, runId: runId(2), ends: ends[1] },
      ],
      outcome: { status: 'passed', exitCode: 0 },
    })
  })

  it('knows how many events there are to push, whatever stands in them', async () => {
    const property = fc.asyncProperty(fc.array(anyEvent, { maxLength: 30 }), interleaved, async (some, log) => {
      const rows = some.flatMap((event): EventBody[] => {
        // What replaces something stands in logs that were resumed only; they have tests of their own.
        if (event.type !== 'evaluation-finished' || event.replaces !== undefined) return []
        const { key, iteration, generation } = event
        const status = event.seq % 5 === 0 ? 'cancelled' : event.seq % 5 === 1 ? 'skipped' : 'error'
        return event.seq % 5 === 2 ? [event] : [event, { type: 'row-finished', key, iteration, generation, status }]
      })
      for (const events of [stamped(rows), log.events]) {
        const { source, append } = await openSource()
        append(events)
        expect((await source.progress()).events).toBe(simpleCount(events))
      }
    })
    await fc.assert(property, { numRuns: 100 })
  })

  it('is the same when it is asked several times at once', async () => {
    const { source, append } = await openSource()
    const events = experimentEvents({ units: Array.from({ length: 1_500 }, (_, index) => ({ key: `k-${index}` })) })
    append(events)
    const all = await Promise.all([source.progress(), source.progress(), source.progress()])
    for (const progress of all) expect(progress).toMatchObject({ lastSeq: events.length, events: 1_500 })
  })

  it('is known of a log with damaged lines and a torn end', async () => {
    const file = join(await tempFolder(), 'events.jsonl')
    const events = experimentEvents({ units: [{ key: 'a' }] })
    const lines = events.map(eventLine)
    writeFileSync(file, [...lines.slice(0, 3), 'nonsense\n', '\n', ...lines.slice(3), lines[2]?.slice(0, 20)].join(''))
    const scan = createPushScan(file)
    expect(await scan.progress()).toMatchObject({ lastSeq: events.length, events: 1, runs: [{ iteration: 1 }] })
    await scan.close()
  })

  it('cannot be told of a log that is not there', async () => {
    const scan = createPushScan(join(dirname(await tempFolder()), 'nowhere', 'events.jsonl'))
    await expect(scan.progress()).rejects.toMatchObject({ code: 'E_STORE_READ' })
    await expect(scan.progress()).rejects.toMatchObject({ code: 'E_STORE_READ' })
  })
})

/** Units end, and the same key may come again. */
function simpleCount(events: readonly RunEvent[]): number {
  let count = 0
  let open: RunEvent[] = []
  for (const event of events) {
    if (event.type === 'evaluation-finished') open.push(event)
    if (event.type !== 'row-finished') continue
    const isOfUnit = (one: RunEvent): boolean =>
      one.type === 'evaluation-finished' &&
      one.key === event.key &&
      one.iteration === event.iteration &&
      one.generation === event.generation
    count += seqsToPush([...open.filter(isOfUnit), event]).length
    open = open.filter((one) => !isOfUnit(one))
  }
  return count
}
