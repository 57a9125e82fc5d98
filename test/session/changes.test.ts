import { describe, expect, it } from 'vitest'
import type { ExperimentChanges } from '../../src/model/changes.ts'
import type { EvaluatorResult } from '../../src/model/events.ts'
import { type RowReader, unitOf } from '../../src/model/row.ts'
import { type ComparedExperiment, digestExperiment, failingUnits, findChanges } from '../../src/session/changes.ts'
import { createTally } from '../../src/session/tally.ts'
import { createView } from '../../src/session/view.ts'
import { type ExperimentParts, experimentEvents, taskError } from '../helpers/events.ts'
import { fakeInfo } from '../helpers/fake-view.ts'
import { memoryReader } from '../helpers/memory-reader.ts'

const says = (value: boolean): { readonly correct: EvaluatorResult } => ({
  correct: { status: 'ok', evaluations: [{ label: 'correct', type: 'boolean', value }] },
})
const scores = (value: number): { readonly correct: EvaluatorResult } => ({
  correct: { status: 'ok', evaluations: [{ label: 'correct', type: 'score', value }] },
})
const output = (text: string) => ({ status: 'ok', output: JSON.stringify(text) }) as const

async function complete(parts: ExperimentParts, id: string, reader?: RowReader): Promise<ComparedExperiment> {
  const events = experimentEvents(parts)
  const info = fakeInfo({ experimentId: id, runs: parts.runs ?? 1 })
  const tally = createTally(info)
  for (const event of events) tally.apply(event)
  const digested = await digestExperiment(createView(info, { tally, reader: memoryReader(events) }))
  return reader === undefined ? digested : { ...digested, reader }
}

async function changes(before: ExperimentParts, after: ExperimentParts): Promise<ExperimentChanges> {
  return findChanges(await complete(before, 'before'), await complete(after, 'after'))
}

describe('changes between two experiments', () => {
  it('are the rows that were fixed and broken, new and gone, with what came out before and now', async () => {
    const found = await changes(
      {
        units: [
          { key: 'a', task: output('Rio'), evaluators: says(false) },
          { key: 'b', task: output('Rome'), evaluators: says(true) },
          { key: 'c', task: output('Bern'), evaluators: says(true) },
          { key: 'd' },
        ],
      },
      {
        units: [
          { key: 'a', task: output('Lima'), evaluators: says(true) },
          { key: 'b', task: taskError('no answer') },
          { key: 'c', task: output('Bern'), evaluators: says(true) },
          { key: 'e' },
        ],
      },
    )
    expect(found.counts).toEqual({ broken: 1, fixed: 1, changed: 0, same: 1, new: 1, removed: 1 })
    expect(found.rows).toMatchObject([
      { kind: 'broken', key: 'b', before: { task: { output: '"Rome"' } }, after: { status: 'error' } },
      { kind: 'fixed', key: 'a', before: { task: { output: '"Rio"' } }, after: { task: { output: '"Lima"' } } },
      { kind: 'new', key: 'e', after: { key: 'e' } },
      { kind: 'removed', key: 'd', before: { key: 'd' } },
    ])
    expect(found.rows[2]).not.toHaveProperty('before')
  })

  it('are labels with their numbers, and how many rows each fixed and broke', async () => {
    const found = await changes(
      { units: ['a', 'b', 'c'].map((key) => ({ key, evaluators: says(key === 'a') })) },
      { units: ['a', 'b', 'c'].map((key) => ({ key, evaluators: says(key !== 'a') })) },
    )
    expect(found.labels).toMatchObject([
      { label: 'correct', before: { passed: 1 }, after: { passed: 2 }, fixed: 2, broken: 1 },
    ])
  })

  it('are means of scores, though no row is fixed or broken by one', async () => {
    const found = await changes(
      { units: [{ key: 'a', evaluators: scores(1) }] },
      { units: [{ key: 'a', evaluators: scores(2) }] },
    )
    expect(found.labels).toMatchObject([{ before: { mean: 1 }, after: { mean: 2 }, fixed: 0, broken: 0 }])
    expect(found.counts).toMatchObject({ same: 1, broken: 0 })
  })

  it('are none between an experiment and itself, in whatever order its rows ended', async () => {
    const units = Array.from({ length: 20 }, (_, index) => ({ key: `r${index}`, evaluators: scores(0.1 * index) }))
    const found = await changes({ units }, { units: units.toReversed() })
    expect(found).toMatchObject({ labels: [], summaries: [], rows: [], counts: { same: 20 } })
  })

  it('name ten rows of a kind and count all', async () => {
    const units = Array.from({ length: 25 }, (_, index) => ({ key: `r${index}` }))
    const found = await changes({ units }, { units: units.map((unit) => ({ ...unit, task: output('other') })) })
    expect(found.counts.changed).toBe(25)
    expect(found.rows.map(({ key }) => key)).toEqual(units.slice(0, 10).map(({ key }) => key))
  })

  it('of a choice of records are those of its rows, without numbers, which are of other rows', async () => {
    const units = ['a', 'b', 'c'].map((key) => ({ key, task: output('old'), evaluators: says(key === 'a') }))
    const chosen = [
      { key: 'b', task: output('new'), evaluators: says(true) },
      { key: 'c', task: output('old'), evaluators: says(false) },
    ]
    const found = await findChanges(
      await complete({ units }, 'before'),
      await complete({ units: chosen }, 'after'),
      'choice',
    )
    expect(found.counts).toEqual({ broken: 0, fixed: 1, changed: 0, same: 1, new: 0, removed: 0 })
    expect(found).toMatchObject({ labels: [], summaries: [], rows: [{ kind: 'fixed', key: 'b' }] })
  })

  it('tell runs of the same record apart', async () => {
    const units = [{ key: 'x/1' }]
    const found = await changes({ runs: 1, units }, { runs: 2, units })
    expect(found.rows).toMatchObject([{ kind: 'new', key: 'x/1', iteration: 2 }])
  })

  it('are told without the rows when those cannot be read back any more', async () => {
    const gone: RowReader = {
      records: () => memoryReader([]).records(),
      // biome-ignore lint/correctness/useYield: it fails before.
      async *rows() {
        throw new Error('ENOENT')
      },
    }
    const before = await complete({ units: [{ key: 'a' }] }, 'before', gone)
    const after = await complete({ units: [{ key: 'a', task: taskError('boom') }] }, 'after')
    const found = await findChanges(before, after)
    expect(found.rows).toMatchObject([{ kind: 'broken', key: 'a', after: { status: 'error' } }])
    expect(found.rows[0]).not.toHaveProperty('before')
  })
})

it('the units that failed are named in the order of the dataset', async () => {
  const units = ['a', 'b', 'c'].map((key) => ({ key, evaluators: says(key === 'b') }))
  expect(failingUnits(await complete({ units: units.toReversed() }, 'one')).map((unit) => unitOf(unit).key)).toEqual([
    'c',
    'a',
  ])
})
