// Checked by `tsc` alone: every line must compile, every `@ts-expect-error` must be an error.
import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { type DatasetRecord, defineExperiment, jsonl } from '../../src/index.ts'

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
    // @ts-expect-error no such field
    defineExperiment({ name: 'z', dataset: jsonl('x', { input: z.object({ a: z.string() }) }), task: ({ b }) => b })
  })
})
