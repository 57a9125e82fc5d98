import { type Answer, badRequest, bodyJson, jsonAnswer } from './answers.ts'
import { spanName, tagValue } from './event-log.ts'
import { isList, isObject, type JsonObject, memberAt, textAt } from './json.ts'
import { objectsAt } from './request-body.ts'
import { sliceItems } from './slice-json.ts'
import type { Call, World } from './world.ts'

/** Takes spans of experiments, and of all else, each in a wrapper of its own. */
export function intakeSpans(world: World, call: Call): Answer {
  const wrappers = bodyJson(call.text)
  if (!isList(wrappers)) throw badRequest('expected a list')
  const texts = sliceItems(call.text)
  const at = world.time.tick()
  const hits = wrappers.flatMap((wrapper, index) => {
    if (!isObject(wrapper) || memberAt(wrapper, 'event_type') !== 'span') throw badRequest('expected a span event')
    const spanTexts = sliceItems(texts[index] ?? '', 'spans')
    return objectsAt(wrapper, 'spans').map((event, position) => {
      checkSpan(event)
      return { request: call.number, at, event, text: spanTexts[position] ?? '' }
    })
  })
  for (const hit of hits) {
    const experimentId = tagValue(memberAt(hit.event, 'tags'), 'experiment_id')
    world.state.intake.add(spanName(experimentId, hit.event), hit)
  }
  return jsonAnswer(202, {})
}

function checkSpan(span: JsonObject): void {
  for (const name of ['span_id', 'trace_id', 'parent_id', 'name']) {
    if (textAt(span, name) === '') throw badRequest(`${name} is required`)
  }
  for (const name of ['start_ns', 'duration']) {
    if (!Number.isInteger(memberAt(span, name))) throw badRequest(`${name} must be an integer`)
  }
}
