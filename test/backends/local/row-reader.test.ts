import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventLine } from '../../../src/backends/local/event-line.ts'
import { openEventLog } from '../../../src/backends/local/event-log.ts'
import { createRowReader } from '../../../src/backends/local/row-reader.ts'
import { createRandom } from '../../../src/engine/select.ts'
import type { EvaluatorResult, EventBody } from '../../../src/model/events.ts'
import { type RowQuery, unitName } from '../../../src/model/row.ts'
import { rowReaderContract } from '../../contracts/row-reader.ts'
import { anyText } from '../../helpers/arbitrary-events.ts'
import { stamped, unitEvents } from '../../helpers/events.ts'
import { memoryReader } from '../../helpers/memory-reader.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'

rowReaderContract('the local store', async (events) => {
  const file = join(await tempFolder(), 'events.jsonl')
  const log = openEventLog(file)
  for (const event of events) log.append([event])
  log.close()
  return createRowReader(file)
})

/** Units whose events arrive in any order that the engine could give them. */
const interleaving = fc
  .record({
    keys: fc.uniqueArray(fc.oneof(fc.stringMatching(/^[a-z0-9/]{1,3}$/), anyText), { maxLength: 8 }),
    runs: fc.integer({ min: 1, max: 3 }),
    evaluators: fc.subarray(['e', 'f']),
    seed: fc.nat(),
    unfinished: fc.nat(5),
  })
  .map(({ keys, runs, evaluators, seed, unfinished }) => {
    const events: EventBody[] = []
    let open: EventBody[][] = []
    const random = createRandom(seed)
    const choose = (count: number): number => Math.floor(random() * count)
    const takeOne = (): void => {
      const chosen = open[choose(open.length)]
      const next = chosen?.shift()
      if (next !== undefined) events.push(next)
      open = open.filter((rest) => rest.length > 0)
    }
    for (let iteration = 1; iteration <= runs; iteration++) {
      for (const key of keys) {
        const results = Object.fromEntries(evaluators.map((name) => [name, evaluated(name)]))
        const [first, ...rest] = unitEvents({ key, iteration, input: JSON.stringify(key), evaluators: results })
        if (iteration === 1 && first !== undefined) events.push(first)
        open.push(iteration === 1 || first === undefined ? rest : [first, ...rest])
        while (open.length > choose(6)) takeOne()
      }
    }
    while (open.length > unfinished) takeOne()
    return { events: stamped(events), keys, runs }
  })

function evaluated(label: string): EvaluatorResult {
  return { status: 'ok', evaluations: [{ label, type: 'score', value: 1 }] }
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

describe('rows read back from a log', () => {
  it('are the same as put together in memory, whatever the order of events', async () => {
    const file = join(await tempFolder(), 'events.jsonl')
    const property = fc.asyncProperty(interleaving, fc.nat(), async ({ events, keys, runs }, pick) => {
      writeFileSync(file, events.map(eventLine).join(''))
      const reader = createRowReader(file)
      const expected = memoryReader(events)
      const key = keys[pick % Math.max(keys.length, 1)] ?? 'none'
      const iteration = 1 + (pick % runs)
      const queries: RowQuery[] = [
        {},
        { iteration },
        { units: new Set([unitName({ key, iteration })]) },
        { iteration, units: new Set(keys.map((each) => unitName({ key: each, iteration: 1 }))) },
      ]
      for (const query of queries)
        expect(await collect(reader.rows(query))).toEqual(await collect(expected.rows(query)))
      expect((await collect(reader.records())).flat()).toEqual((await collect(expected.records())).flat())
    })
    await fc.assert(property, { numRuns: 100 })
  })
})
