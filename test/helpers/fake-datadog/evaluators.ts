import { type Answer, jsonAnswer, notFound } from './answers.ts'
import { type Json, type JsonObject, memberAt } from './json.ts'
import { readAttributes } from './request-body.ts'
import type { Call, World } from './world.ts'

/** What an evaluator that is kept in the backend says to a context. */
export type Evaluator = (context: Json) => Verdict

export type Verdict =
  | { readonly type: 'value'; readonly value: Json; readonly assessment?: string; readonly reasoning?: string }
  | {
      readonly type: 'failure'
      readonly httpStatus: number
      readonly status: 'ERROR' | 'WARN'
      readonly error: Failure
    }

export interface Failure extends JsonObject {
  readonly type: string
  readonly message: string
  readonly recommended_resolution: string
}

export function inferEvaluator(world: World, call: Call): Answer {
  const attributes = readAttributes(call, 'evaluator_inference')
  const name = call.params.evaluator ?? ''
  const evaluator = Object.hasOwn(world.settings.evaluators, name) ? world.settings.evaluators[name] : undefined
  if (evaluator === undefined) throw notFound()
  const verdict = evaluator(memberAt(attributes, 'context') ?? null)
  if (verdict.type === 'failure') {
    const { httpStatus, status, error } = verdict
    return jsonAnswer(httpStatus, { data: { attributes: { status, error } } })
  }
  const { type: _type, ...told } = verdict
  return jsonAnswer(200, { data: { attributes: { status: 'OK', ...told } } })
}
