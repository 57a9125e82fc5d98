import { type Answer, badRequest, emptyAnswer, jsonAnswer, notFound } from './answers.ts'
import { renderExperiment } from './experiments-read.ts'
import { isObject, type JsonObject, memberAt, textAt } from './json.ts'
import { findProject } from './projects.ts'
import { readAttributes, requiredText, textsAt } from './request-body.ts'
import { type Dataset, type Experiment, newestOf } from './state.ts'
import type { Call, World } from './world.ts'

const STATUSES = ['running', 'completed', 'failed', 'interrupted']

/** Makes an experiment, unless it need not be unique and there is one of that name. */
export function createExperiment(world: World, call: Call): Answer {
  const attributes = readAttributes(call, 'experiments')
  const experiment = requiredText(attributes, 'name')
  const { id: projectId } = findProject(world, requiredText(attributes, 'project_id'))
  const isUnique = memberAt(attributes, 'ensure_unique') !== false
  const known = findNamed(world, projectId, experiment)
  if (!isUnique && known !== undefined) return jsonAnswer(200, { data: renderExperiment(known) })
  const name = isUnique ? uniqueName(world, projectId, experiment) : experiment
  const made = makeExperiment(world, attributes, { name, experiment, projectId })
  world.state.experiments.set(made.id, made)
  return jsonAnswer(200, { data: renderExperiment(made) })
}

/** Says nothing but that it is done. */
export function updateExperiment(world: World, call: Call): Answer {
  const attributes = readAttributes(call, 'experiments')
  const experiment = findExperiment(world, call.params.experiment ?? '')
  const status = memberAt(attributes, 'status')
  if (status !== undefined && !STATUSES.some((one) => one === status)) {
    throw badRequest(`invalid experiment status: ${JSON.stringify(status)}`)
  }
  world.state.experiments.set(experiment.id, {
    ...experiment,
    name: textAt(attributes, 'name') || experiment.name,
    description: optionalText(attributes, 'description') ?? experiment.description,
    datasetId: optionalText(attributes, 'dataset_id') ?? experiment.datasetId,
    metadata: optionalObject(attributes, 'metadata') ?? experiment.metadata,
    status: optionalText(attributes, 'status') ?? experiment.status,
    error: optionalText(attributes, 'error') ?? experiment.error,
    updatedAt: world.time.tick(),
  })
  return emptyAnswer(200)
}

export function deleteExperiments(world: World, call: Call): Answer {
  const ids = textsAt(readAttributes(call, 'experiments'), 'experiment_ids')
  const found = ids.map((id) => findExperiment(world, id))
  for (const one of found) world.state.experiments.set(one.id, { ...one, deletedAt: world.time.tick() })
  return emptyAnswer(204)
}

/** The experiment of that id, deleted or not, or a refusal. */
export function findExperiment({ state }: World, id: string): Experiment {
  const experiment = state.experiments.get(id)
  if (experiment === undefined) throw notFound()
  return experiment
}

interface ExperimentNames {
  readonly name: string
  readonly experiment: string
  readonly projectId: string
}

function makeExperiment(world: World, attributes: JsonObject, names: ExperimentNames): Experiment {
  const datasetId = optionalText(attributes, 'dataset_id')
  const dataset = datasetId === undefined ? undefined : knownDataset(world, datasetId)
  const at = world.time.tick()
  return {
    id: world.random.uuid(),
    ...names,
    datasetId,
    datasetVersion: optionalInteger(attributes, 'dataset_version') ?? (dataset && newestOf(dataset).version),
    description: optionalText(attributes, 'description') ?? '',
    runCount: optionalInteger(attributes, 'run_count') ?? 1,
    parentExperimentId: optionalText(attributes, 'parent_experiment_id'),
    config: optionalObject(attributes, 'config'),
    metadata: optionalObject(attributes, 'metadata'),
    status: undefined,
    error: undefined,
    createdAt: at,
    updatedAt: at,
    deletedAt: undefined,
  }
}

/** The dataset may be of another project, or deleted. */
function knownDataset({ state }: World, id: string): Dataset {
  const dataset = state.datasets.get(id)
  if (dataset === undefined) throw notFound()
  return dataset
}

/** What was asked for and the millisecond, which is always there. */
function uniqueName(world: World, projectId: string, experiment: string): string {
  let millisecond = Math.floor(world.time.now())
  while (findNamed(world, projectId, `${experiment}-${millisecond}`) !== undefined) millisecond++
  return `${experiment}-${millisecond}`
}

function findNamed({ state }: World, projectId: string, name: string): Experiment | undefined {
  return [...state.experiments.values()].find(
    (one) => one.projectId === projectId && one.name === name && one.deletedAt === undefined,
  )
}

function optionalText(attributes: JsonObject, name: string): string | undefined {
  const value = memberAt(attributes, name)
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw badRequest(`${name} must be a string`)
  return value
}

function optionalInteger(attributes: JsonObject, name: string): number | undefined {
  const value = memberAt(attributes, name)
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number' || !Number.isInteger(value)) throw badRequest(`${name} must be an integer`)
  return value
}

function optionalObject(attributes: JsonObject, name: string): JsonObject | undefined {
  const value = memberAt(attributes, name)
  if (value === undefined || value === null) return undefined
  if (!isObject(value)) throw badRequest(`${name} must be an object`)
  return value
}
