import { describe, expect, it } from 'vitest'
import { jsonl } from '../../src/datasets/jsonl.ts'
import { openDataset } from '../../src/datasets/open-dataset.ts'
import { datasetSourceContract } from '../contracts/dataset-source.ts'
import { failureOf, openOptions, problemsOf, readDataset, readItems } from './read-all.ts'

datasetSourceContract('an array', async (items) => items)
datasetSourceContract('a set', async (items) => new Set(items))
datasetSourceContract('a generator', async (items) => generate(items))
datasetSourceContract('an async generator', async (items) => generateSlowly(items))
datasetSourceContract('an object that makes generators', async (items) => ({
  [Symbol.asyncIterator]: () => generateSlowly(items),
}))
datasetSourceContract('a web stream', async (items) => toStream(items))

function* generate(items: readonly unknown[]): Generator<unknown> {
  yield* items
}

async function* generateSlowly(items: readonly unknown[]): AsyncGenerator<unknown> {
  for (const item of items) yield await Promise.resolve(item)
}

function toStream(items: readonly unknown[]): ReadableStream<unknown> {
  return new ReadableStream({
    start(controller) {
      for (const item of items) controller.enqueue(item)
      controller.close()
    },
  })
}

function* countAndThrow(records: number, thrown: unknown): Generator<unknown> {
  for (let input = 0; input < records; input++) yield { input }
  throw thrown
}

async function* countAndThrowSlowly(records: number, thrown: unknown): AsyncGenerator<unknown> {
  yield* countAndThrow(records, thrown)
}

describe('openDataset', () => {
  it('tells the kinds of dataset apart and says what is known of each', () => {
    expect(openDataset([{ input: 1 }]).info).toEqual({ kind: 'array', description: '1 inline record', length: 1 })
    expect(openDataset([]).info).toEqual({ kind: 'array', description: '0 inline records', length: 0 })
    expect(openDataset(jsonl('./triage.jsonl')).info).toEqual({ kind: 'source', description: 'jsonl ./triage.jsonl' })
    expect(openDataset(generate([])).info).toEqual({ kind: 'iterable', description: 'an iterable' })
    expect(openDataset(generateSlowly([])).info).toEqual({ kind: 'iterable', description: 'an async iterable' })
  })

  it('has arrays and files checked before the first task, and nothing that can be read but once', () => {
    expect(openDataset([]).source.checkedFirst).toBe(true)
    expect(openDataset(jsonl('x.jsonl')).source.checkedFirst).toBe(true)
    expect(openDataset(generate([])).source.checkedFirst).toBe(false)
  })

  it.each([
    ['a string', 'records.jsonl', '"records.jsonl"'],
    ['a number', 3, 'the number 3'],
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a plain object', { input: 1 }, 'an object'],
    ['a promise', Promise.resolve([]), 'a promise'],
  ])('refuses %s', (_name, dataset, got) => {
    expect(() => openDataset(dataset)).toThrow(
      expect.objectContaining({ code: 'E_DEFINITION', message: expect.stringContaining(`got ${got}`) }),
    )
  })

  it('says to call a function that makes records', () => {
    expect(() => openDataset(generate)).toThrow(expect.objectContaining({ hint: 'call it: dataset: records()' }))
  })

  it('names the index of what is no record, holes included', async () => {
    const withHole: unknown[] = [{ input: 1 }, 'to be left out', { input: undefined }]
    delete withHole[1]
    const items = await readItems(openDataset(withHole).source)
    expect(problemsOf(items).map(({ message }) => message)).toEqual([
      'dataset[1]: expected a record such as { input, expectedOutput }, got undefined',
      'dataset[2]: input: expected a value, got undefined',
    ])
  })

  it.each([
    ['a generator', countAndThrow],
    ['an async generator', countAndThrowSlowly],
  ])('D10 gives what %s gave before it threw', async (_name, makeDataset) => {
    const cause = new Error('the database went away')
    const given: unknown[] = []
    const { source } = openDataset(makeDataset(40, cause))
    const reading = async () => {
      for await (const batch of source.read(openOptions({ batchSize: 16 }))) given.push(...batch)
    }
    const failure = await failureOf(reading())
    expect(failure).toMatchObject({ code: 'E_DATASET_THREW', cause })
    expect(failure.message).toBe('the dataset threw after 40 records: the database went away')
    expect(given).toHaveLength(40)
  })

  it('D10 reads an endless generator no further than the batch that was asked for, and closes it', async () => {
    let given = 0
    let closed = false
    function* endless() {
      try {
        for (;;) yield { input: given++ }
      } finally {
        closed = true
      }
    }
    for await (const batch of openDataset(endless()).source.read(openOptions({ batchSize: 6 }))) {
      expect(batch).toHaveLength(6)
      if (given >= 12) break
    }
    expect(given).toBe(12)
    expect(closed).toBe(true)
  })

  it('D10 gives the first record of a slow iterable before its second is there', async () => {
    async function* stalls() {
      yield { input: 'first' }
      await new Promise(() => {})
    }
    const batches = openDataset(stalls())
      .source.read(openOptions({ batchSize: 20 }))
      [Symbol.asyncIterator]()
    expect((await batches.next()).value).toEqual([{ status: 'record', record: { input: 'first' } }])
  })

  it('does not take a generator that is used up for an empty dataset', async () => {
    const dataset = generate([{ input: 1 }])
    expect(await readDataset(dataset)).toHaveLength(1)
    const failure = await failureOf(readDataset(dataset))
    expect(failure.code).toBe('E_DATASET_THREW')
    expect(failure.message).toContain('has been read already')
  })
})
