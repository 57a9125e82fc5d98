import { badRequest, bodyJson } from './answers.ts'
import { isObject, isTexts, type Json, type JsonObject, memberAt, textAt } from './json.ts'
import type { Call } from './world.ts'

/** The attributes of a JSON:API body whose type must be this one, or a refusal. */
export function readAttributes(call: Call, type: string): JsonObject {
  const body = bodyJson(call.text)
  const found = textAt(body, 'data', 'type')
  if (found !== type) throw badRequest(`invalid type: expected "${type}", got "${found}"`)
  const attributes = memberAt(body, 'data', 'attributes')
  if (!isObject(attributes)) throw badRequest('attributes must be an object')
  return attributes
}

/** A text that must not be empty, or a refusal. */
export function requiredText(attributes: JsonObject, name: string): string {
  const text = textAt(attributes, name)
  if (text === '') throw badRequest(`${name} is required`)
  return text
}

/** A list of texts, empty when there is none; a refusal for anything else. */
export function textsAt(attributes: JsonObject, name: string): readonly string[] {
  const texts = memberAt(attributes, name) ?? []
  if (!isTexts(texts)) throw badRequest(`${name} must be a list of strings`)
  return texts
}

/** A list of objects, empty when there is none; a refusal for anything else. */
export function objectsAt(attributes: JsonObject, name: string): readonly JsonObject[] {
  const list: Json = memberAt(attributes, name) ?? []
  if (!Array.isArray(list)) throw badRequest(`${name} must be a list`)
  return list.map((one: Json) => {
    if (!isObject(one)) throw badRequest(`${name} must be a list of objects`)
    return one
  })
}
