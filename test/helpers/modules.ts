/** Text of a module with one experiment made of these members of its definition; `before` stands above it. */
export function experiment(members: string, before = '', name = 'exp'): string {
  return `import { defineExperiment } from 'llmobs-exp'
${before}
export default defineExperiment({
  name: '${name}',
  ${members}
})
`
}

/** Members of a definition: so many records `r0`, `r1`, … whose input is their number. */
export function numbered(count: number): string {
  return `dataset: Array.from({ length: ${count} }, (_, index) => ({ id: 'r' + index, input: index, expectedOutput: index })),`
}

/** Members of a definition that pass on every record. */
export const passing = `task: (input) => input,
  evaluators: { same: ({ output, expectedOutput }) => output === expectedOutput },`

/**
 * Forty records with a boolean and a score. `config.right` says how many are right, `config.broken` of how many the task throws.
 */
export const capitals = `
  import { defineExperiment } from 'llmobs-exp'
  export default defineExperiment({
    name: 'capitals',
    dataset: Array.from({ length: 40 }, (_, n) => ({ id: 'capital-' + n, input: { n }, expectedOutput: 'Lima ' + n })),
    config: { right: 36, broken: 0 },
    task: ({ n }, { config }) => {
      if (n < config.broken) throw new Error('no answer')
      return n < config.right ? 'Lima ' + n : 'Berlin'
    },
    evaluators: {
      exact: ({ output, expectedOutput }) => ({ value: output === expectedOutput, reasoning: 'wanted ' + expectedOutput }),
      tokens: ({ output }) => output.length,
    },
    summaryEvaluators: { right: ({ evaluations }) => evaluations.exact.filter((one) => one === true).length },
  })
`
