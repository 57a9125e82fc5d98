import { z } from 'zod'

const count = z.int().min(0)
const value = z.number().nullable()
const verdict = z.enum(['improved', 'regressed', 'no evidence of a difference'])

export const notComparedReason = z.enum([
  'only-in-baseline',
  'only-in-candidate',
  'types-differ',
  'not-numeric',
  'no-pairs',
])

const side = z.object({
  id: z.string(),
  name: z.string(),
  source: z.string().meta({ description: 'How it was named or found: latest:capitals, baseline.json, git:main.' }),
  runs: count,
  records: count.meta({ description: 'Records with at least one finished row.' }),
  isComplete: z.boolean(),
})

const named = z.object({ count, keys: z.array(z.string()).meta({ description: 'The first of them.' }) })

const difference = {
  pairs: count.meta({ description: 'Records that have a value on both sides.' }),
  baseline: value,
  candidate: value,
  difference: value.meta({ description: 'Candidate less baseline, each record’s runs averaged first.' }),
  interval: z.object({ low: value, high: value, rough: z.boolean() }),
  test: z.enum(['mcnemar-exact', 'mcnemar-mid-p', 'permutation', 'paired-t']),
  pValue: z.number(),
  detectable: value.meta({ description: 'What so many pairs would have shown four times in five.' }),
}

const coverage = z.object({ scored: count, errored: count, skipped: count }).nullable()

const label = {
  label: z.string(),
  evaluator: z.string(),
  direction: z.enum(['higher', 'lower']).meta({ description: 'Which way is the good one.' }),
  coverage: z.object({ baseline: coverage, candidate: coverage }),
}

const result = z
  .discriminatedUnion('status', [
    z.object({ status: z.literal('ok'), type: z.string(), value: z.unknown() }),
    z.object({ status: z.literal('error'), message: z.string() }),
  ])
  .nullable()

const row = z
  .object({
    iteration: z.int().min(1),
    status: z.enum(['ok', 'error', 'timeout', 'skipped', 'cancelled']),
    isFailing: z.boolean(),
    output: z.unknown(),
    error: z.string().nullable(),
    evaluations: z.array(
      z.object({
        label: z.string(),
        value: z.unknown(),
        assessment: z.string().nullable(),
        reasoning: z.string().nullable(),
      }),
    ),
  })
  .nullable()
  .meta({ description: 'The row that shows it; null where it cannot be read back, as from a baseline file.' })

/** What `compare --json` prints, beside its version, and `comparison` in the JSON report. */
export const comparisonSchema = z.object({
  baseline: side,
  candidate: side,
  pairing: z.object({ paired: count, onlyInBaseline: named, onlyInCandidate: named, changed: named }),
  labels: z.array(
    z.discriminatedUnion('status', [
      z.object({
        ...label,
        ...difference,
        status: z.literal('compared'),
        type: z.enum(['boolean', 'score']),
        verdict,
        adjustedPValue: z.number().meta({ description: 'After Holm’s correction over the labels.' }),
        fixed: count,
        broken: count,
      }),
      z.object({ ...label, status: z.literal('not-compared'), reason: notComparedReason }),
    ]),
  ),
  taskLatencyMs: z.object(difference).nullable(),
  summaryEvaluators: z.array(
    z.object({ name: z.string(), iteration: z.int().min(1), baseline: result, candidate: result }),
  ),
  counts: z.object({ fixed: count, broken: count, stillFailing: count }),
  records: z.array(
    z.object({
      kind: z.enum(['broken', 'fixed', 'still-failing']),
      key: z.string(),
      input: z.unknown(),
      expectedOutput: z.unknown(),
      baseline: row,
      candidate: row,
    }),
  ),
})
