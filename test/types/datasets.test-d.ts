// Checked by `tsc` alone: every line must compile, every `@ts-expect-error` must be an error.
import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import {
  type CsvOptions,
  csv,
  type Dataset,
  type DatasetRecord,
  type DatasetSource,
  datadogDataset,
  defineExperiment,
  type FromCsv,
  json,
  jsonl,
  openSource,
  type SourceDataset,
  type SourceItem,
} from '../../src/index.ts'

type RecordOf<D> = D extends Dataset<infer R> ? R : never

describe('jsonl', () => {
  it('has the types of zod schemas', () => {
    defineExperiment({
      name: 'zod',
      dataset: jsonl('x.jsonl', { input: z.object({ ticket: z.string() }), expectedOutput: z.enum(['bug', 'other']) }),
      config: { model: 'a', temperature: 0 },
      variants: { small: {}, large: { config: { model: 'b' } }, own: { task: ({ ticket }) => ({ label: ticket }) } },
      task: ({ ticket }, { config }) => {
        expectTypeOf(ticket).toEqualTypeOf<string>()
        return { label: ticket + config.model }
      },
      evaluators: {
        ok: ({ output, expectedOutput, metadata, record }) => {
          expectTypeOf(expectedOutput).toEqualTypeOf<'bug' | 'other'>()
          expectTypeOf(metadata).toEqualTypeOf<unknown>()
          expectTypeOf(record.id).toEqualTypeOf<string | undefined>()
          return output.label === expectedOutput
        },
      },
    })
  })

  it('has the types of valibot schemas', () => {
    defineExperiment({
      name: 'valibot',
      dataset: jsonl('x.jsonl', {
        input: v.object({ ticket: v.string() }),
        expectedOutput: v.picklist(['bug', 'other']),
        metadata: v.object({ hard: v.boolean() }),
      }),
      task: ({ ticket }, { metadata }) => {
        expectTypeOf(metadata).toEqualTypeOf<{ hard: boolean }>()
        return ticket
      },
      evaluators: {
        ok: ({ output, expectedOutput }) => {
          expectTypeOf(expectedOutput).toEqualTypeOf<'bug' | 'other'>()
          return output === expectedOutput
        },
      },
    })
  })

  it('has the types of arktype schemas', () => {
    defineExperiment({
      name: 'arktype',
      dataset: jsonl('x.jsonl', { input: type({ ticket: 'string' }), expectedOutput: type("'bug' | 'other'") }),
      task: ({ ticket }) => ticket,
      evaluators: {
        ok: ({ input, expectedOutput }) => {
          expectTypeOf(input).toEqualTypeOf<{ ticket: string }>()
          expectTypeOf(expectedOutput).toEqualTypeOf<'bug' | 'other'>()
          return true
        },
      },
    })
  })

  it('knows what schemas convert and leave out', () => {
    defineExperiment({
      name: 'outputs',
      dataset: jsonl('x.jsonl', { input: z.string().transform(Number), expectedOutput: z.string().optional() }),
      task: (n) => {
        expectTypeOf(n).toEqualTypeOf<number>()
        return String(n)
      },
      evaluators: {
        ok: ({ expectedOutput }) => {
          expectTypeOf(expectedOutput).toEqualTypeOf<string | undefined>()
          return true
        },
      },
    })
  })

  it('knows nothing of values without a schema', () => {
    defineExperiment({
      name: 'unknown',
      dataset: jsonl(new URL('./x.jsonl', import.meta.url)),
      task: (input) => {
        expectTypeOf(input).toEqualTypeOf<unknown>()
        return String(input)
      },
      evaluators: {
        ok: ({ output, expectedOutput }) => {
          expectTypeOf(expectedOutput).toEqualTypeOf<unknown>()
          return output === expectedOutput
        },
      },
    })
  })

  it('gives records to who iterates it', async () => {
    for await (const record of jsonl('x.jsonl', { input: z.number() })) {
      expectTypeOf(record.input).toEqualTypeOf<number>()
      expectTypeOf(record).toExtend<DatasetRecord>()
    }
  })

  it('refuses what is no path and no schema', () => {
    // @ts-expect-error a path is a string or a URL
    jsonl(3)
    // @ts-expect-error a schema is no type
    jsonl('x.jsonl', { input: { ticket: 'string' } })
    // @ts-expect-error it is `expectedOutput`
    jsonl('x.jsonl', { expected: z.string() })
    // @ts-expect-error it is `expectedOutput`
    jsonl('x.jsonl', { input: z.string(), expected: z.string() })
    // @ts-expect-error no such field
    defineExperiment({ name: 'z', dataset: jsonl('x', { input: z.object({ a: z.string() }) }), task: ({ b }) => b })
  })
})

describe('json', () => {
  it('has the types of its schemas, wherever its records are', () => {
    const dataset = json('x.json', {
      at: ['data', 0, 'items'],
      input: z.object({ a: z.string() }),
      maxUnpackedBytes: 1e9,
    })
    defineExperiment({
      name: 'json',
      dataset,
      task: ({ a }) => a,
      evaluators: {
        ok: ({ expectedOutput }) => {
          expectTypeOf(expectedOutput).toEqualTypeOf<unknown>()
          return true
        },
      },
    })
    expectTypeOf<RecordOf<typeof dataset>>().not.toHaveProperty('maxUnpackedBytes')
  })

  it('refuses what is no path in a document', () => {
    // @ts-expect-error a path is a text or a list
    json('x.json', { at: 3 })
    // @ts-expect-error keys and indexes only
    json('x.json', { at: [true] })
  })
})

describe('csv', () => {
  it('has texts where nothing is said', () => {
    defineExperiment({
      name: 'texts',
      dataset: csv('x.csv'),
      task: (input, { metadata, recordId }) => {
        expectTypeOf(input).toEqualTypeOf<string>()
        expectTypeOf(metadata).toEqualTypeOf<{ readonly [column: string]: string | undefined } | undefined>()
        expectTypeOf(recordId).toEqualTypeOf<string>()
        return input
      },
      evaluators: {
        ok: ({ output, expectedOutput }) => {
          expectTypeOf(expectedOutput).toEqualTypeOf<string | undefined>()
          return output === expectedOutput
        },
      },
    })
  })

  it('has objects where several columns are one member, with texts that may be missing', () => {
    defineExperiment({
      name: 'objects',
      dataset: csv('x.csv', {
        columns: {
          input: ['question', 'context'],
          expectedOutput: ['city'],
          metadata: ['topic'],
          id: 'nr',
          tags: 'labels',
        },
      }),
      task: ({ question, context }, { metadata }) => {
        expectTypeOf(question).toEqualTypeOf<string | undefined>()
        expectTypeOf(context).toEqualTypeOf<string | undefined>()
        expectTypeOf(metadata).toEqualTypeOf<{ readonly topic?: string }>()
        return question
      },
      evaluators: {
        ok: ({ expectedOutput, record }) => {
          expectTypeOf(expectedOutput).toEqualTypeOf<{ readonly city?: string } | undefined>()
          expectTypeOf(record.tags).toEqualTypeOf<readonly string[] | undefined>()
          return true
        },
      },
    })
  })

  it('has nothing where nothing is wanted', () => {
    defineExperiment({
      name: 'nothing',
      dataset: csv('x.csv', { columns: { expectedOutput: false, metadata: false, id: false, tags: false } }),
      task: (input, { metadata }) => {
        expectTypeOf(metadata).toEqualTypeOf<undefined>()
        return input
      },
      evaluators: {
        ok: ({ expectedOutput }) => {
          expectTypeOf(expectedOutput).toEqualTypeOf<undefined>()
          return true
        },
      },
    })
  })

  it('has the types of schemas in their place', () => {
    defineExperiment({
      name: 'schemas',
      dataset: csv(new URL('./x.csv', import.meta.url), {
        columns: { input: ['a', 'b'], expectedOutput: 'c' },
        input: z.object({ a: z.coerce.number(), b: z.string().optional() }),
        expectedOutput: v.pipe(v.string(), v.transform(Number)),
        metadata: type({ level: 'string.numeric.parse' }),
        delimiter: ';',
        quote: false,
      }),
      task: ({ a, b }, { metadata }) => {
        expectTypeOf(a).toEqualTypeOf<number>()
        expectTypeOf(b).toEqualTypeOf<string | undefined>()
        expectTypeOf(metadata).toEqualTypeOf<{ level: number }>()
        return a
      },
      evaluators: {
        ok: ({ output, expectedOutput }) => {
          expectTypeOf(expectedOutput).toEqualTypeOf<number>()
          return output === expectedOutput
        },
      },
    })
  })

  it('knows of options that are made elsewhere what can be known', () => {
    const options: CsvOptions = { columns: { input: ['a'] } }
    const dataset = csv('x.csv', options)
    expectTypeOf<RecordOf<typeof dataset>>().toExtend<DatasetRecord>()
    expectTypeOf<FromCsv<Record<never, never>>['input']>().toEqualTypeOf<string>()
  })

  it('gives records to who iterates it', async () => {
    for await (const record of csv('x.csv')) {
      expectTypeOf(record.input).toEqualTypeOf<string>()
      expectTypeOf(record.expectedOutput).toEqualTypeOf<string | undefined>()
      expectTypeOf(record.id).toEqualTypeOf<string | undefined>()
    }
  })

  it('refuses what is no mapping of columns', () => {
    // @ts-expect-error the names of columns stand in `columns`
    csv('x.csv', { input: 'question' })
    // @ts-expect-error an input there must be
    csv('x.csv', { columns: { input: false } })
    // @ts-expect-error metadata is an object: an array of columns
    csv('x.csv', { columns: { metadata: 'topic' } })
    // @ts-expect-error an id is one column
    csv('x.csv', { columns: { id: ['a', 'b'] } })
    // @ts-expect-error it is `expectedOutput`
    csv('x.csv', { columns: { expected: 'answer' } })
    // @ts-expect-error it is `expectedOutput`
    csv('x.csv', { columns: { input: 'question', expected: 'answer' } })
    // @ts-expect-error it is `delimiter`
    csv('x.csv', { columns: { input: 'question' }, separator: ';' })
    // @ts-expect-error `true` is no quote
    csv('x.csv', { quote: true })
    // @ts-expect-error no such column
    defineExperiment({ name: 'z', dataset: csv('x', { columns: { input: ['a'] } }), task: ({ b }) => b })
  })
})

describe('a source of one’s own', () => {
  it('is typed like those that come with the tool', () => {
    const source: DatasetSource = {
      description: 'tickets',
      checkedFirst: true,
      async *read({ signal }) {
        signal.throwIfAborted()
        yield [{ status: 'record', record: { input: { ticket: 'a' } } }]
        yield [{ status: 'invalid', problem: { message: 'none', file: 'x', line: 1, column: 2 } }]
      },
    }
    // @ts-expect-error a record has an input
    const item: SourceItem = { status: 'record', record: { expectedOutput: 1 } }
    expectTypeOf(item).toExtend<SourceItem>()
    const dataset: SourceDataset<{ readonly input: { readonly ticket: string } }> = {
      [openSource]: source,
      async *[Symbol.asyncIterator]() {
        yield { input: { ticket: 'a' } }
      },
    }
    defineExperiment({ name: 'own', dataset, task: ({ ticket }) => ticket })
    // @ts-expect-error no such field
    defineExperiment({ name: 'own', dataset, task: ({ tiket }) => tiket })
  })
})

describe('datadogDataset', () => {
  it('has the types of its schemas', () => {
    const schemas = { input: z.object({ ticket: z.string() }), expectedOutput: z.enum(['bug', 'other']).optional() }
    defineExperiment({
      name: 'datadog',
      dataset: datadogDataset('tickets', { version: 3, tags: ['lang:de'], project: 'support', ...schemas }),
      task: ({ ticket }, { metadata }) => {
        expectTypeOf(ticket).toEqualTypeOf<string>()
        expectTypeOf(metadata).toEqualTypeOf<unknown>()
        return ticket
      },
      evaluators: {
        ok: ({ output, expectedOutput, record }) => {
          expectTypeOf(expectedOutput).toEqualTypeOf<'bug' | 'other' | undefined>()
          expectTypeOf(record.id).toEqualTypeOf<string | undefined>()
          return output === expectedOutput
        },
      },
    })
  })

  it('is unknown without schemas', () => {
    type Found = RecordOf<ReturnType<typeof datadogDataset>>
    expectTypeOf<Found['input']>().toEqualTypeOf<unknown>()
  })

  it('takes no other options', () => {
    // @ts-expect-error: misspelt
    datadogDataset('tickets', { versoin: 3 })
    // @ts-expect-error: of files
    datadogDataset('tickets', { maxUnpackedBytes: 3 })
    // @ts-expect-error: no number
    datadogDataset('tickets', { version: '3' })
    // @ts-expect-error: no name
    datadogDataset()
  })
})
