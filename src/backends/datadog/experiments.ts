import type { PushedExperiment } from '../../model/backend.ts'
import type { Json } from '../../model/json.ts'
import type { Client } from './client.ts'
import { experimentTags, ownTag } from './experiment-tags.ts'
import { envelope, joinObject, toText } from './json-text.ts'
import { readItems, unreadable } from './pages.ts'
import { apiPath } from './paths.ts'
import type { Project } from './projects.ts'
import { readId, readList, readText } from './reply.ts'

export interface ExperimentPlace {
  readonly project: Project
  readonly dataset: { readonly id: string; readonly version: number }
  /** The user's tags, as `key:value`. */
  readonly userTags: readonly string[]
}

/**
 * Finds the experiment that an earlier attempt made, whatever became of its answer. Where several attempts made one each, it is
 * the same one for everybody: the oldest.
 */
export async function findExperiment(
  client: Client,
  { projectId, experimentId }: { readonly projectId: string; readonly experimentId: string },
  signal: AbortSignal,
): Promise<string | undefined> {
  const tag = ownTag(experimentId)
  const query = {
    'filter[project_id]': projectId,
    'filter[metadata]': joinObject({ tags: toText([tag]) }),
  }
  const listing = { parts: ['experiments'], query, limit: 100, purpose: 'look for the experiment' }
  const found: { readonly id: string; readonly madeAt: string }[] = []
  for await (const items of readItems(client, listing, signal)) {
    for (const item of items) {
      const id = readId(item, 'id')
      const isOurs = readList(item, 'attributes', 'metadata', 'tags').includes(tag)
      // Without the Z, which sorts after further digits.
      const madeAt = readText(item, 'attributes', 'created_at')?.replace(/Z$/, '') ?? ''
      if (id !== undefined && isOurs) found.push({ id, madeAt })
    }
  }
  return found.sort(byAge)[0]?.id
}

function byAge(
  a: { readonly id: string; readonly madeAt: string },
  b: { readonly id: string; readonly madeAt: string },
) {
  const [first, second] = [`${a.madeAt} ${a.id}`, `${b.madeAt} ${b.id}`]
  return first < second ? -1 : Number(first > second)
}

/** Makes the experiment and returns Datadog's id of it. */
export async function createExperiment(
  client: Client,
  { experiment, place }: { readonly experiment: PushedExperiment; readonly place: ExperimentPlace },
  signal: AbortSignal,
): Promise<string> {
  const purpose = 'make the experiment'
  const body = envelope('experiments', attributesOf(experiment, place))
  const reply = await client.send({ method: 'POST', path: apiPath(['experiments']), body, purpose }, signal)
  const id = readId(reply.body, 'data', 'id')
  if (id === undefined) throw unreadable(`cannot ${purpose}: the answer has no id`)
  return id
}

function attributesOf(experiment: PushedExperiment, { project, dataset, userTags }: ExperimentPlace) {
  return {
    name: toText(experiment.name),
    description: toText(experiment.description ?? ''),
    dataset_id: toText(dataset.id),
    project_id: toText(project.id),
    dataset_version: toText(dataset.version),
    config: toConfig(experiment.config),
    metadata: joinObject({ tags: toText(experimentTags(experiment, userTags, project)) }),
    ensure_unique: 'true',
    run_count: toText(experiment.runs),
  }
}

function toConfig(config: Json): Json {
  return config.startsWith('{') ? config : '{}'
}

export type WireStatus = 'running' | 'completed' | 'failed' | 'interrupted'

/** Says how the experiment is; answered with nothing. */
export async function updateExperiment(
  client: Client,
  { id, status, error }: { readonly id: string; readonly status: WireStatus; readonly error?: string | undefined },
  signal: AbortSignal,
): Promise<void> {
  const attributes = { status: toText(status), error: error === undefined ? undefined : toText(error) }
  const body = envelope('experiments', attributes)
  const path = apiPath(['experiments', id])
  await client.send({ method: 'PATCH', path, body, purpose: `say that the experiment is ${status}` }, signal)
}
