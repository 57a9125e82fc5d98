import { gzipSync } from 'node:zlib'
import type { Answer, AnswerBody } from './answers.ts'
import type { Json } from './json.ts'
import type { Rejection } from './world.ts'

/** Something that goes wrong with a request. Those of different types can be combined. */
export type Fault =
  | { readonly type: 'answer'; readonly answer: Answer; readonly isApplied: boolean }
  | { readonly type: 'rejection'; readonly rejection: Rejection }
  | { readonly type: 'apply-twice' }
  | { readonly type: 'delay'; readonly before: 'applying' | 'answering'; readonly wait: Wait }
  | { readonly type: 'trickle'; readonly bytesPerSecond: number }
  | { readonly type: 'truncate'; readonly after: number }
  | { readonly type: 'close'; readonly when: ClosePhase }
  | { readonly type: 'silence'; readonly isApplied: boolean }

/** Milliseconds, how many being drawn anew from a number between 0 and 1 if wished, or until something has happened. */
export type Wait = number | ((random: () => number) => number) | Promise<unknown>

export type ClosePhase = 'before-reading' | 'before-applying' | 'after-applying'

export interface AnswerOptions {
  readonly headers?: { readonly [name: string]: string }
  /** Text and bytes are sent as they are, all else as JSON. Nothing by default. */
  readonly body?: AnswerBody | Json
  /**
   * Whether the backend does what it was asked for all the same.
   *
   * @default when the status is below 300
   */
  readonly applied?: boolean
}

/** Says this, whatever was asked. */
export function answer(status: number, { headers = {}, body = '', applied = status < 300 }: AnswerOptions = {}): Fault {
  const type = { 'content-type': 'application/vnd.api+json', ...headers }
  return { type: 'answer', answer: { status, headers: type, body: bodyOf(body) }, isApplied: applied }
}

/** Says 429, and when to come again in the words given. */
export function rateLimited(headers: { readonly [name: string]: string } = {}): Fault {
  return answer(429, { headers, body: { errors: [{ status: '429', title: 'Too many requests' }] } })
}

/** Sends the client elsewhere. */
export function redirect(status: 301 | 302 | 303 | 307 | 308, location: string): Fault {
  return answer(status, { headers: { location } })
}

/** A page, as a proxy in between would send it. */
export function html(status: number): Fault {
  const body = '<!doctype html><html><body><h1>Bad gateway</h1></body></html>'
  return answer(status, { headers: { 'content-type': 'text/html' }, body })
}

/** JSON that has no end. */
export function malformedJson(status = 200): Fault {
  return answer(status, { body: '{"data":[{"id":' })
}

/** A JSON text of about so many bytes, made while it is sent. */
export function hugeBody(bytes: number, status = 200): Fault {
  return answer(status, { body: padding(bytes) })
}

/** A JSON text of about so many bytes that is a thousandth of it on the wire. */
export function gzipBomb(bytes: number, status = 200): Fault {
  return answer(status, { headers: { 'content-encoding': 'gzip' }, body: packed(bytes) })
}

/** Does what it was asked for, but for some of the events; by default it says where in the batch those were. */
export function reject(rejection: Partial<Rejection> & Pick<Rejection, 'rejects'>): Fault {
  return { type: 'rejection', rejection: { status: 207, describe: describeRejected, ...rejection } }
}

/** Does twice what it was asked for once, and says what it said the second time. */
export function applyTwice(): Fault {
  return { type: 'apply-twice' }
}

/** Waits before it says anything, or before it does anything, even when the client has gone. */
export function delay(wait: Wait, before: 'applying' | 'answering' = 'answering'): Fault {
  return { type: 'delay', before, wait }
}

/** Sends the body at this pace. */
export function trickle(bytesPerSecond: number): Fault {
  return { type: 'trickle', bytesPerSecond }
}

/** Closes the connection after so many bytes of the body; of an answer without a body, amid its headers. */
export function truncate(after = 1): Fault {
  return { type: 'truncate', after }
}

/** Closes the connection without a word. */
export function close(when: ClosePhase): Fault {
  return { type: 'close', when }
}

/** Keeps the connection open and never says anything. */
export function silence({ applied = false }: { readonly applied?: boolean } = {}): Fault {
  return { type: 'silence', isApplied: applied }
}

/** The fault of this type, if there is one. */
export function pickFault<Type extends Fault['type']>(
  faults: readonly Fault[],
  type: Type,
): Extract<Fault, { type: Type }> | undefined {
  return faults.find((fault): fault is Extract<Fault, { type: Type }> => fault.type === type)
}

const describeRejected: Rejection['describe'] = (rejected) => ({
  errors: rejected.map(({ kind, position }) => ({
    status: '400',
    title: 'Generic Error',
    detail: `invalid ${kind}`,
    source: { pointer: `/data/attributes/${kind}s/${position}` },
  })),
})

function bodyOf(body: AnswerBody | Json): AnswerBody {
  if (typeof body === 'string' || body instanceof Uint8Array || isPieces(body)) return body
  return JSON.stringify(body)
}

function isPieces(body: AnswerBody | Json): body is Iterable<Uint8Array> {
  return typeof body === 'object' && body !== null && !Array.isArray(body) && Symbol.iterator in body
}

const PIECE = 64 * 1024
const PACKED_PIECE = 16 * 1024 * 1024

/** Can be read from its beginning again and again. */
function padding(bytes: number): Iterable<Uint8Array> {
  return {
    *[Symbol.iterator]() {
      yield Buffer.from('{"padding":"')
      for (let left = bytes; left > 0; left -= PIECE) yield Buffer.alloc(Math.min(left, PIECE), 'x')
      yield Buffer.from('"}')
    },
  }
}

/** Gzip members one after another are one text, so that a large one need not be packed whole. */
function packed(bytes: number): Iterable<Uint8Array> {
  return {
    *[Symbol.iterator]() {
      const piece = gzipSync(Buffer.alloc(Math.min(bytes, PACKED_PIECE), 'x'))
      yield gzipSync('{"padding":"')
      for (let left = bytes; left > 0; left -= PACKED_PIECE) {
        yield left < PACKED_PIECE ? gzipSync(Buffer.alloc(left, 'x')) : piece
      }
      yield gzipSync('"}')
    },
  }
}
