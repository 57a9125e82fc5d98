import { z } from 'zod'
import { BASELINE_FILE_FORMAT, type BaselineFile } from './baseline-file.ts'

// A baseline file comes from a repository: anybody may have edited it.

const count = z.number().int().nonnegative()
const valueTypes = ['boolean', 'score', 'categorical', 'json', 'mixed', 'none'] as const

const result = z.union([
  z.object({ name: z.string(), status: z.literal('ok'), type: z.literal('boolean'), value: z.boolean() }),
  z.object({ name: z.string(), status: z.literal('ok'), type: z.literal('score'), value: z.number() }),
  z.object({
    name: z.string(),
    status: z.literal('ok'),
    type: z.literal('categorical'),
    value: z.string(),
  }),
  z.object({ name: z.string(), status: z.literal('ok'), type: z.literal('json'), value: z.string() }),
  z.object({ name: z.string(), status: z.literal('error'), message: z.string() }),
])

const experiment = z
  .object({
    id: z.string(),
    name: z.string(),
    runs: count,
    isComplete: z.boolean(),
    labels: z.array(
      z.object({
        label: z.string(),
        evaluator: z.string(),
        type: z.enum(valueTypes),
        scored: count,
        errored: count,
        skipped: count,
      }),
    ),
    summaries: z.array(z.object({ iteration: count, results: z.array(result) })),
    records: z.array(
      z.object({
        key: z.string(),
        contentHash: z.string(),
        state: z.enum(['p', 'f']),
        latency: z.number().nonnegative().exactOptional(),
        values: z.array(z.number().nullable()),
        verdicts: z.string().regex(/^[pf-]*$/),
      }),
    ),
  })
  .refine(({ labels, records }) => records.every((record) => record.values.length === labels.length), {
    message: 'expected each record to have a value, or null, for each label',
  })
  .refine(({ records }) => new Set(records.map(({ key }) => key)).size === records.length, {
    message: 'expected each record once',
  })

export const baselineSchema: z.ZodType<BaselineFile> = z.object({
  format: z.literal(BASELINE_FILE_FORMAT),
  v: z.number(),
  experiments: z.array(experiment).min(1),
})
