import { type Answer, badRequest, emptyAnswer, jsonAnswer } from './answers.ts'
import { type EventName, spanName, tagValue } from './event-log.ts'
import { metricProblem, spanProblem } from './event-validation.ts'
import { findExperiment } from './experiments.ts'
import { type Json, type JsonObject, memberAt, textAt } from './json.ts'
import { objectsAt, readAttributes } from './request-body.ts'
import { sliceItems, sliceMember } from './slice-json.ts'
import type { Call, RejectedEvent, World } from './world.ts'

/** An event of a batch, with its exact text. */
interface BatchEvent extends RejectedEvent {
  readonly text: string
}

/** Accepts the whole batch or nothing of it, unless a script has single events rejected. */
export function postEvents(world: World, call: Call): Answer {
  const attributes = readAttributes(call, 'experiments')
  const { id } = findExperiment(world, call.params.experiment ?? '')
  const text = sliceMember(call.text, 'data', 'attributes')
  const events = [...readEvents(text, attributes, 'metric'), ...readEvents(text, attributes, 'span')]
  for (const { kind, event } of events) {
    const problem = problemOf(world, kind, event)
    if (problem !== undefined) throw badRequest(problem)
  }
  const { rejection } = call
  const rejected = events.filter(({ event }) => rejection?.rejects(event) === true)
  const at = world.time.tick()
  for (const { kind, event, text } of events.filter((one) => !rejected.includes(one))) {
    const name = kind === 'span' ? spanName(id, event) : metricName(id, event, memberAt(attributes, 'tags'))
    world.state.events.add(name, { request: call.number, at, text, event })
  }
  if (rejection === undefined || rejected.length === 0) return emptyAnswer(202)
  return jsonAnswer(rejection.status, rejection.describe(rejected))
}

function problemOf({ time, settings }: World, kind: 'span' | 'metric', event: JsonObject): string | undefined {
  if (kind === 'metric') return metricProblem(event, time.now())
  return spanProblem(event, time.now(), settings.checkSpanAge)
}

function readEvents(text: string, attributes: JsonObject, kind: 'span' | 'metric'): BatchEvent[] {
  const texts = sliceItems(text, `${kind}s`)
  return objectsAt(attributes, `${kind}s`).map((event, position) => ({
    kind,
    position,
    event,
    text: texts[position] ?? '',
  }))
}

/** A summary belongs to no span: what tells those of several runs apart is a tag of it or of the batch. */
function metricName(experimentId: string, metric: JsonObject, batchTags: Json | undefined): EventName {
  const spanId = textAt(metric, 'span_id')
  const run = tagValue(memberAt(metric, 'tags'), 'run_id') || tagValue(batchTags, 'run_id')
  return { kind: 'metric', experimentId, spanId, label: textAt(metric, 'label'), runId: spanId === '' ? run : '' }
}
