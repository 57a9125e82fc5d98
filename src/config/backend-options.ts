import { choice, duration, text, toggle } from './option-kinds.ts'

const WHERE = 'Where it goes'

/** What `--backend` takes. */
const backendNames = ['local', 'datadog'] as const

/** Options about the backend that keeps experiments beside the local store. */
export const backendOptions = {
  project: text({
    argument: 'name',
    group: WHERE,
    otherVariable: 'DD_LLMOBS_PROJECT_NAME',
    description: 'project at the backend; else DD_LLMOBS_PROJECT_NAME, else default-project',
    expected: 'the name of a project',
  }),
  backend: choice({
    kind: 'backend',
    argument: 'name',
    words: backendNames,
    group: WHERE,
    description: 'keep results in the local store only (local), or push them too (datadog), as where its keys are set',
  }),
  noPush: toggle({ group: WHERE, description: 'push nothing; the push command can do that later' }),
  requireBackend: toggle({
    group: WHERE,
    description: 'start no task while the backend cannot be reached, or where there is none',
  }),
  allowUndelivered: toggle({
    group: WHERE,
    description: 'pass also when not everything has reached the backend',
  }),
  pushTimeout: duration({
    default: 60_000,
    defaultText: '60s',
    group: WHERE,
    description: 'how long the end waits for what has not been pushed yet',
  }),
  restamp: toggle({
    group: WHERE,
    description: 'push results that are too old for the backend with new times; the old ones are kept as a tag',
  }),
}
