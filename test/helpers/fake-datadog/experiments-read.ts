import { type Answer, badRequest } from './answers.ts'
import { lastEvent } from './event-log.ts'
import { contains, isObject, type JsonObject, memberAt, parseJson } from './json.ts'
import { newestFirst, pageAnswer, takePage } from './paging.ts'
import { AUTHOR } from './projects.ts'
import type { Experiment } from './state.ts'
import { formatMicros, formatNanos } from './time.ts'
import { type Call, isVisible, type World } from './world.ts'

/** Of these filters one must be there. */
const SCOPES = ['filter[id]', 'filter[project_id]', 'filter[dataset_id]']

export function listExperiments(world: World, call: Call): Answer {
  const { query } = call
  if (!SCOPES.some((name) => query.has(name))) throw badRequest(`one of ${SCOPES.join(', ')} is required`)
  const isAsked = matcher(query)
  const found = [...world.state.experiments.values()].filter((one) => isVisible(world, one.createdAt) && isAsked(one))
  const { items, after } = takePage(world, call, newestFirst(world, found))
  return pageAnswer(
    items.map((experiment) => renderListed(world, experiment, query)),
    after,
  )
}

export function renderExperiment(experiment: Experiment, format = formatNanos, more: JsonObject = {}): JsonObject {
  const { id, config, metadata, datasetId, datasetVersion, parentExperimentId } = experiment
  const attributes = {
    author: AUTHOR,
    ...(config === undefined ? {} : { config }),
    created_at: format(experiment.createdAt),
    ...(datasetId === undefined ? {} : { dataset_id: datasetId }),
    ...(datasetVersion === undefined ? {} : { dataset_version: datasetVersion }),
    description: experiment.description,
    experiment: experiment.experiment,
    is_auto_experiment: false,
    ...(metadata === undefined ? {} : { metadata }),
    name: experiment.name,
    ...(parentExperimentId === undefined ? {} : { parent_experiment_id: parentExperimentId }),
    project_id: experiment.projectId,
    run_count: experiment.runCount,
    updated_at: format(experiment.updatedAt),
    ...more,
  }
  return { id, type: 'experiments', attributes }
}

function matcher(query: URLSearchParams): (experiment: Experiment) => boolean {
  const isDeleted = query.get('filter[is_deleted]') === 'true'
  const metadata = readMetadata(query.get('filter[metadata]'))
  const isAsked = (name: string, value: string | undefined): boolean => {
    const wanted = query.getAll(`filter[${name}]`)
    return wanted.length === 0 || (value !== undefined && wanted.includes(value))
  }
  return (experiment) =>
    isDeleted === (experiment.deletedAt !== undefined) &&
    isAsked('id', experiment.id) &&
    isAsked('project_id', experiment.projectId) &&
    isAsked('dataset_id', experiment.datasetId) &&
    isAsked('name', experiment.name) &&
    isAsked('experiment', experiment.experiment) &&
    isAsked('parent_experiment_id', experiment.parentExperimentId) &&
    contains(experiment.metadata ?? {}, metadata)
}

function readMetadata(text: string | null): JsonObject {
  const metadata = text === null ? {} : parseJson(text)
  if (!isObject(metadata)) throw badRequest('invalid metadata filter')
  return metadata
}

function renderListed(world: World, experiment: Experiment, query: URLSearchParams): JsonObject {
  const { status, error, deletedAt } = experiment
  const dataset = world.state.datasets.get(experiment.datasetId ?? '')
  return renderExperiment(experiment, formatMicros, {
    aggregate_data: aggregate(world, experiment.id),
    ...(status === undefined ? {} : { status }),
    ...(error === undefined ? {} : { error }),
    ...(deletedAt === undefined ? {} : { deleted_at: formatMicros(deletedAt) }),
    ...(query.get('include[dataset_names]') === 'true' && dataset !== undefined ? { dataset_name: dataset.name } : {}),
  })
}

function aggregate({ state }: World, experimentId: string): JsonObject {
  const spans = [...state.events.spans(experimentId), ...state.intake.spans(experimentId)].map(lastEvent)
  const durations = spans.map((span) => Number(memberAt(span, 'duration')))
  return {
    evaluations: { custom: null, summary: null },
    total_spans: spans.length,
    total_errors: spans.filter((span) => memberAt(span, 'status') === 'error').length,
    total_tokens: 0,
    total_duration_ns: durations.reduce((total, duration) => total + duration, 0),
    total_input_tokens: 0,
    total_output_tokens: 0,
    estimated_total_cost: 0,
  }
}
