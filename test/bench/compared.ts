import process from 'node:process'
import { defineExperiment } from 'llmobs-exp'

const records = Number(process.env.BENCH_RECORDS ?? 1)
/** How many of a hundred are right. */
const right = Number(process.env.BENCH_RIGHT ?? 80)

/** Something between 0 and 1 that is the same for everyone. */
const noise = (index: number, salt: number) => (Math.imul(index * 7 + salt + 1, 2_654_435_761) >>> 0) / 2 ** 32

export default defineExperiment({
  name: 'compared',
  dataset: Array.from({ length: records }, (_, index) => ({
    id: `record-${index}`,
    input: { question: `question ${index}`, index },
    expectedOutput: `answer ${index}`,
  })),
  task: ({ index }) => (noise(index, 1) * 100 < right ? `answer ${index}` : 'something else'),
  evaluators: {
    exact: ({ output, expectedOutput }) => output === expectedOutput,
    quality: ({ input }) => noise(input.index, right),
  },
})
