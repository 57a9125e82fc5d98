import { type Answer, jsonAnswer, notFound } from './answers.ts'
import { lastEvent, type ReceivedEvent, tagValue } from './event-log.ts'
import { findExperiment } from './experiments.ts'
import { type JsonObject, memberAt } from './json.ts'
import { takePage } from './paging.ts'
import type { Experiment } from './state.ts'
import { type Call, isVisible, type World } from './world.ts'

/** One object with everything, metrics on request. */
export function readEvents(world: World, call: Call): Answer {
  const experiment = findExperiment(world, call.params.experiment ?? '')
  const withMetrics = call.query.get('include[eval_metrics]') === 'true'
  return jsonAnswer(200, { data: eventsObject(world, experiment, visibleSpans(world, experiment.id), withMetrics) })
}

/** The same of the newest experiment with these names. */
export function readNamedEvents(world: World, call: Call): Answer {
  const { projects, experiments } = world.state
  const project = [...projects.values()].find(({ name }) => name === call.query.get('filter[project_name]'))
  const wanted = call.query.get('filter[experiment_name]')
  const newest = [...experiments.values()].findLast(
    (one) => one.projectId === project?.id && (one.experiment === wanted || one.name === wanted),
  )
  if (newest === undefined) throw notFound()
  return readEvents(world, { ...call, params: { experiment: newest.id } })
}

/** A list of spans. */
export function readEventList(world: World, call: Call): Answer {
  const { id } = findExperiment(world, call.params.experiment ?? '')
  const data = visibleSpans(world, id).map((span) => {
    return { id: span.spanId, type: 'experiments', attributes: renderSpan(span, metricsOf(world, id)) }
  })
  return jsonAnswer(200, { data })
}

/** One object with everything, metrics too. */
export function readAllEvents(world: World, call: Call): Answer {
  const experiment = findExperiment(world, call.params.experiment ?? '')
  return jsonAnswer(200, { data: eventsObject(world, experiment, visibleSpans(world, experiment.id), true) })
}

/** One object with a page of spans, and their metrics. */
export function readEventPage(world: World, call: Call): Answer {
  const experiment = findExperiment(world, call.params.experiment ?? '')
  const spans = visibleSpans(world, experiment.id).map((span) => ({ ...span, id: span.spanId }))
  const { items, after } = takePage(world, call, spans)
  return jsonAnswer(200, { data: eventsObject(world, experiment, items, true), meta: { after } })
}

function eventsObject(
  world: World,
  { id }: Experiment,
  spans: readonly ReceivedEvent[],
  withMetrics: boolean,
): JsonObject {
  const metrics = metricsOf(world, id)
  const attributes = {
    spans: spans.map((span) => renderSpan(span, withMetrics ? metrics : undefined)),
    summary_metrics: metrics.filter(({ spanId }) => spanId === '').flatMap(renderMetric),
  }
  return { id, type: 'experiment_events', attributes }
}

/** In an order that nobody can foretell. */
function visibleSpans(world: World, experimentId: string): ReceivedEvent[] {
  const { events, intake } = world.state
  return [...events.spans(experimentId), ...intake.spans(experimentId)]
    .filter((span) => isReadable(world, span))
    .sort((one, other) => world.random.rank(one.spanId) - world.random.rank(other.spanId))
}

function metricsOf(world: World, experimentId: string): ReceivedEvent[] {
  return world.state.events.metrics(experimentId).filter((metric) => isReadable(world, metric))
}

function isReadable(world: World, { hits }: ReceivedEvent): boolean {
  return hits.some(({ at }) => isVisible(world, at))
}

function renderSpan(received: ReceivedEvent, metrics: readonly ReceivedEvent[] | undefined): JsonObject {
  const { project_id: _project, dataset_id: _dataset, meta, ...span } = lastEvent(received)
  const recordId = tagValue(memberAt(span, 'tags'), 'dataset_record_id')
  const about = metrics?.filter(({ spanId }) => spanId === received.spanId)
  return {
    id: received.spanId,
    ...span,
    ...(recordId === '' ? {} : { dataset_record_id: recordId }),
    meta: { error: {}, ...(typeof meta === 'object' && !Array.isArray(meta) ? meta : {}) },
    ...(about === undefined ? {} : { eval_metrics: about.flatMap(renderMetric) }),
  }
}

/** All that came under this name and differ; readers take the latest. */
function renderMetric({ hits }: ReceivedEvent): JsonObject[] {
  return [...new Map(hits.map(({ text, event }) => [text, event])).values()]
}
