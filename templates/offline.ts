// A first experiment: how well do a few rules sort support tickets? It runs offline and costs nothing.
//   npx llmobs-exp check experiments/first-experiment.ts   says what would run
//   npx llmobs-exp run experiments/first-experiment.ts     runs it
import { defineExperiment, jsonl } from 'llmobs-exp'
import { z } from 'zod'

const labels = ['bug', 'billing', 'other'] as const

export default defineExperiment({
  name: 'first-experiment',

  // A record is an input and what is expected of it, one a line. The schemas check each line before anything runs, and give
  // the types of everything below: write `tikcet` in the task and your editor marks it.
  dataset: jsonl('./first-experiment.jsonl', {
    input: z.object({ ticket: z.string() }),
    expectedOutput: z.enum(labels),
  }),

  // Recorded with the results. Change it for one run with --config minWords=2.
  config: { minWords: 1 },

  // What is tried out, for one record. It may be async: yours would call a model here, with `signal` to end a call in time.
  task: ({ ticket }, { config }) => classify(ticket, config.minWords),

  // Each judges one row. A boolean becomes a pass rate, a number a mean; null says that it does not apply.
  evaluators: {
    correct: ({ output, expectedOutput }) => ({
      value: output.label === expectedOutput,
      reasoning: `found ${output.words.join(', ') || 'nothing'}`,
    }),
    words: ({ output }) => output.words.length,
  },

  // At least 80 % must be correct, else the exit code is 1, which fails a step in CI. A misspelt name does not compile.
  thresholds: { correct: 0.8 },
})

const words = {
  bug: ['crash', 'error', 'broken', 'does not work', 'slow'],
  billing: ['invoice', 'charged', 'refund', 'price', 'paid'],
}

/** Stands in for a model: counts the words that speak for a label. */
function classify(ticket: string, minWords: number): { label: (typeof labels)[number]; words: string[] } {
  const text = ticket.toLowerCase()
  const bug = words.bug.filter((word) => text.includes(word))
  const billing = words.billing.filter((word) => text.includes(word))
  if (Math.max(bug.length, billing.length) < minWords) return { label: 'other', words: [] }
  return bug.length > billing.length ? { label: 'bug', words: bug } : { label: 'billing', words: billing }
}
