import { forbiddenNames } from '../../model/evaluation.ts'
import type { Outcome } from '../../model/outcome.ts'
import type { PulledExperiment } from '../../model/pull.ts'
import { makeVisible } from '../../model/quote.ts'
import { OWN_TAG } from './experiment-tags.ts'
import type { RemoteExperiment } from './remote-experiments.ts'
import { present } from './reply.ts'

/** Tags that the tool, or another that pushes experiments, gives by itself. */
const automaticKeys: ReadonlySet<string> = new Set([
  'llmobs_exp.version',
  OWN_TAG,
  'ddtrace.version',
  'project_id',
  'project_name',
  'dataset_id',
  'dataset_name',
  'experiment_id',
  'experiment_name',
  'git.commit.sha',
  'git.repository_url',
  'sample_size',
])

const MAX_RUNS = 10_000
const MAX_NAME = 300
const MAX_TEXT = 2_000

/** Where it is, for people and for later. */
export interface PulledPlace {
  readonly place: string
  readonly link: string
}

/** What Datadog tells of an experiment, in the words of this tool. */
export function toPulledExperiment(remote: RemoteExperiment, { place, link }: PulledPlace): PulledExperiment {
  const automatic = readTags(remote.tags, (key) => automaticKeys.has(key))
  const tagNamed = (key: string): string | undefined => (Object.hasOwn(automatic, key) ? automatic[key] : undefined)
  const createdAt = Date.parse(remote.createdAt)
  const dataset = cleanText(remote.datasetName ?? tagNamed('dataset_name') ?? '')
  const name = cleanText(remote.name) || cleanText(remote.runName) || remote.id
  const localId = tagNamed(OWN_TAG)
  const sampleSize = Number(tagNamed('sample_size') ?? Number.NaN)
  const variant = localId !== undefined && dataset !== '' ? variantOf(name, dataset) : undefined
  return {
    from: { backend: 'datadog', place, id: remote.id, link },
    name,
    ...present('variant', variant),
    ...present('project', textOrNone(tagNamed('project_name'))),
    ...present('description', textOrNone(remote.description)),
    config: remote.config,
    tags: readTags(remote.tags, (key) => !automaticKeys.has(key) && !forbiddenNames.has(key)),
    ...present('dataset', dataset === '' ? undefined : dataset),
    ...present('git', gitOf(tagNamed('git.commit.sha'), tagNamed('git.repository_url'))),
    runs: Number.isSafeInteger(remote.runs) && remote.runs > 0 ? Math.min(remote.runs, MAX_RUNS) : 1,
    ...(Number.isSafeInteger(sampleSize) && sampleSize > 0 ? { sampleSize } : {}),
    ...(Number.isFinite(createdAt) && createdAt > 0 ? { createdAt } : {}),
    ...present('localId', localId),
    isWhole: localId !== undefined && endStatuses.has(remote.status ?? ''),
    outcome: outcomeOf(remote),
  }
}

/** Tags by key: of several with one key the first. */
function readTags(tags: readonly string[], isWanted: (key: string) => boolean): { readonly [key: string]: string } {
  const found = new Map<string, string>()
  for (const tag of tags) {
    const colon = tag.indexOf(':')
    const key = colon === -1 ? tag : tag.slice(0, colon)
    const value = colon === -1 ? '' : tag.slice(colon + 1)
    const name = makeVisible(key)
    if (key !== '' && isWanted(key) && !found.has(name)) found.set(name, makeVisible(value))
  }
  return Object.fromEntries(found)
}

/** This tool names the dataset of an experiment as its definition. */
function variantOf(name: string, definition: string): string | undefined {
  return name.startsWith(`${definition}/`) ? name.slice(definition.length + 1) : undefined
}

function gitOf(commit: string | undefined, repository: string | undefined): PulledExperiment['git'] {
  if (commit === undefined && repository === undefined) return undefined
  return { ...present('commit', commit), ...present('repository', repository) }
}

const endStatuses: ReadonlySet<string> = new Set(['completed', 'failed', 'interrupted'])

function outcomeOf({ status, error }: RemoteExperiment): Outcome {
  const told = textOrNone(error)
  switch (status) {
    case 'completed':
      return { status: 'passed', exitCode: 0 }
    case 'failed':
      return { status: 'failed', exitCode: 1, failures: [{ kind: 'backend', message: told ?? 'no reason is told' }] }
    case 'interrupted':
      return interrupted(told ?? 'no reason is told')
    case undefined:
      return interrupted('no status of it is told')
    default:
      return interrupted(`it had not come to its end when it was pulled: ${cleanText(status)}`)
  }
}

function interrupted(message: string): Outcome {
  return { status: 'stopped', exitCode: 4, reason: { kind: 'interrupted', message }, failures: [] }
}

function textOrNone(text: string | undefined): string | undefined {
  const clean = makeVisible((text ?? '').slice(0, MAX_TEXT).trim())
  return clean === '' ? undefined : clean
}

/** On one line, and without what does not show. */
function cleanText(text: string): string {
  return makeVisible(text.replace(/\s+/g, ' ').trim().slice(0, MAX_NAME))
}
