import { defineExperiment } from 'llmobs-exp'

// Stands in for a model, so that this runs offline and free of charge. Yours would call one here.
const capitals = new Map([
  ['France', 'Paris'],
  ['Japan', 'Tokyo'],
])

const ask = (country: string) => capitals.get(country) ?? 'I do not know'

export default defineExperiment({
  name: 'capitals',
  dataset: [
    { input: { country: 'France' }, expectedOutput: 'Paris' },
    { input: { country: 'Japan' }, expectedOutput: 'Tokyo' },
  ],
  task: ({ country }) => ask(country),
  evaluators: { exact: ({ output, expectedOutput }) => output === expectedOutput },
})
