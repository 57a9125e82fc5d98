import { onTestFinished } from 'vitest'
import { type FakeDatadog, type FakeDatadogOptions, startFakeDatadog } from '../helpers/fake-datadog/fake-datadog.ts'
import { isObject, type Json, type JsonObject, memberAt, parseJson } from '../helpers/fake-datadog/json.ts'

/** A backend that is gone when the test ends. */
export async function startBackend(options?: FakeDatadogOptions): Promise<FakeDatadog> {
  const backend = await startFakeDatadog(options)
  onTestFinished(() => backend.close())
  return backend
}

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Undefined when the text is no JSON. */
  readonly json: Json | undefined
}

export interface AskOptions {
  readonly headers?: { readonly [name: string]: string }
  readonly signal?: AbortSignal
}

export function keysOf({ keys }: FakeDatadog): { readonly [name: string]: string } {
  return { 'DD-API-KEY': keys.apiKey, 'DD-APPLICATION-KEY': keys.applicationKey }
}

/** Sends a request as it is, with the right keys, and reads the answer to its end. */
export async function send(
  backend: FakeDatadog,
  method: string,
  path: string,
  { body, headers = {}, signal }: AskOptions & { readonly body?: string | Uint8Array | undefined } = {},
): Promise<Reply> {
  const type = body === undefined ? {} : { 'content-type': 'application/json' }
  const response = await fetch(`${backend.origin}${path}`, {
    method,
    headers: { ...keysOf(backend), ...type, ...headers },
    redirect: 'manual',
    ...(body === undefined ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: parseJson(text) }
}

export const V1 = '/api/v2/llm-obs/v1'

/** Sends JSON:API attributes. */
export function post(
  backend: FakeDatadog,
  path: string,
  type: string,
  attributes: JsonObject,
  options: AskOptions = {},
): Promise<Reply> {
  return send(backend, 'POST', `${V1}${path}`, { ...options, body: JSON.stringify({ data: { type, attributes } }) })
}

export function patch(backend: FakeDatadog, path: string, type: string, attributes: JsonObject): Promise<Reply> {
  return send(backend, 'PATCH', `${V1}${path}`, { body: JSON.stringify({ data: { type, attributes } }) })
}

export function get(backend: FakeDatadog, path: string, base = V1): Promise<Reply> {
  return send(backend, 'GET', `${base}${path}`)
}

/** The only thing in an answer. */
export function dataOf({ json, text }: Reply): JsonObject {
  const data = memberAt(json, 'data')
  if (!isObject(data)) throw new Error(`there is no data in ${text}`)
  return data
}

/** The things in an answer. */
export function itemsOf({ json, text }: Reply): readonly JsonObject[] {
  const data = memberAt(json, 'data')
  if (!Array.isArray(data)) throw new Error(`there is no list in ${text}`)
  return data.filter(isObject)
}

export function attributesOf(item: JsonObject | undefined): JsonObject {
  const attributes = memberAt(item, 'attributes')
  if (!isObject(attributes)) throw new Error(`there are no attributes in ${JSON.stringify(item)}`)
  return attributes
}

export function idsOf(reply: Reply): string[] {
  return itemsOf(reply).map(({ id }) => String(id))
}
