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
