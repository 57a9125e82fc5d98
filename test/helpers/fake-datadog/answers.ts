import { type Json, parseJson } from './json.ts'

/** The pieces of a body of any size are made when they are sent. */
export type AnswerBody = string | Uint8Array | Iterable<Uint8Array>

export interface Answer {
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  readonly body: AnswerBody
}

/** A request that the backend refuses. */
export class Refusal extends Error {
  readonly answer: Answer

  constructor(answer: Answer) {
    super(`refused with ${answer.status}`)
    this.answer = answer
  }
}

export function jsonAnswer(status: number, value: Json): Answer {
  return { status, headers: { 'content-type': 'application/vnd.api+json' }, body: JSON.stringify(value) }
}

/** What the backend says to events and to a change of status: nothing, but with a type. */
export function emptyAnswer(status: number): Answer {
  return { status, headers: { 'content-type': 'application/vnd.api+json' }, body: '' }
}

export function badRequest(detail: string): Refusal {
  return new Refusal(jsonAnswer(400, { errors: [{ title: 'Generic Error', detail }] }))
}

export function notFound(): Refusal {
  return new Refusal(jsonAnswer(404, { errors: [{ status: '404', title: 'Not Found' }] }))
}

export function forbidden(): Refusal {
  return new Refusal(jsonAnswer(403, { errors: ['Forbidden'] }))
}

export function tooLarge(): Refusal {
  return new Refusal(jsonAnswer(413, { errors: [{ status: '413', title: 'Request Entity Too Large' }] }))
}

/** The JSON of a body, or a refusal. */
export function bodyJson(text: string): Json {
  const value = parseJson(text)
  if (value === undefined) throw badRequest('invalid JSON')
  return value
}
