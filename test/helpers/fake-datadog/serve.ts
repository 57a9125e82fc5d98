import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { type Answer, badRequest, forbidden, notFound, Refusal, tooLarge } from './answers.ts'
import { type Fault, pickFault, type Wait } from './faults.ts'
import type { CurrentRequest, Recorder } from './recorder.ts'
import type { Script } from './script.ts'
import { closeConnection, sendAnswer } from './send-answer.ts'
import type { World } from './world.ts'

export interface ServeContext {
  readonly world: World
  readonly recorder: Recorder
  readonly script: Script
  readonly basePath: string
  readonly maxBodyBytes: number
  isAllowed(request: CurrentRequest): boolean
  /** Aborted when the backend goes away. */
  signal(): AbortSignal
}

/** Answers a request, with everything that is to go wrong with it. */
export async function serve(context: ServeContext, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const { recorder } = context
  const request = recorder.arrive(message, context.basePath)
  const closed = (): void => recorder.leave(request, { type: 'closed', at: performance.now() })
  response.on('close', () => {
    if (!response.writableFinished) closed()
  })
  try {
    const isSent = await answerRequest(context, { request, message, response })
    if (isSent) recorder.leave(request, { type: 'answered', status: response.statusCode, at: performance.now() })
  } catch (error) {
    if (!isGone(error)) throw error
    closed()
  }
}

interface Exchange {
  readonly request: CurrentRequest
  readonly message: IncomingMessage
  readonly response: ServerResponse
}

/** True when an answer was sent whole, as far as the backend can tell. */
async function answerRequest(context: ServeContext, { request, message, response }: Exchange): Promise<boolean> {
  if (context.script.beforeReading(request).length > 0) return hangUp(response)
  await readBody(request, message)
  context.recorder.notify()
  const faults = context.script.afterReading(request)
  const closing = pickFault(faults, 'close')
  await wait(context, faults, 'applying')
  if (closing?.when === 'before-applying') return hangUp(response)
  const answer = apply(context, request, faults)
  if (closing?.when === 'after-applying') return hangUp(response)
  if (answer === undefined) return false
  await wait(context, faults, 'answering')
  if (response.destroyed) return false
  return sendAnswer(response, answer, faults, context.signal())
}

/** Leaves without an answer. */
function hangUp(response: ServerResponse): false {
  closeConnection(response)
  return false
}

/** Does what is asked as often as the faults have it, and returns what is to be said; undefined for silence. */
function apply(context: ServeContext, request: CurrentRequest, faults: readonly Fault[]): Answer | undefined {
  const scripted = pickFault(faults, 'answer')
  const silence = pickFault(faults, 'silence')
  const isApplied = scripted?.isApplied ?? silence?.isApplied ?? true
  const times = pickFault(faults, 'apply-twice') === undefined ? 1 : 2
  let answer = scripted?.answer
  for (let time = 0; isApplied && time < times; time++) {
    const real = answerOf(context, request, faults)
    answer = scripted?.answer ?? real
  }
  return silence === undefined ? answer : undefined
}

function answerOf(context: ServeContext, request: CurrentRequest, faults: readonly Fault[]): Answer {
  const { route, number, query, headers } = request
  try {
    if (!context.isAllowed(request)) throw forbidden()
    if (route.handler === undefined) throw notFound()
    const { text } = request
    if (request.isMalformed) throw badRequest('malformed body')
    if (Math.max(request.bytes.length, Buffer.byteLength(text)) > context.maxBodyBytes) throw tooLarge()
    const rejection = pickFault(faults, 'rejection')?.rejection
    const contentType = headers['content-type'] ?? ''
    const call = { number, params: route.params, query, contentType, text, rejection }
    const answer = route.handler(context.world, call)
    request.applied++
    context.recorder.notify()
    return answer
  } catch (error) {
    if (error instanceof Refusal) return error.answer
    throw error
  }
}

async function readBody(request: CurrentRequest, message: IncomingMessage): Promise<void> {
  const pieces: Uint8Array[] = []
  for await (const piece of message) pieces.push(piece)
  request.bytes = Buffer.concat(pieces)
  try {
    request.text = await unpack(request)
  } catch {
    request.isMalformed = true
  }
}

async function unpack({ bytes, headers }: CurrentRequest): Promise<string> {
  const isPacked = headers['content-encoding'] === 'gzip'
  return new TextDecoder('utf-8', { fatal: true }).decode(isPacked ? await promisify(gunzip)(bytes) : bytes)
}

async function wait({ world, signal }: ServeContext, faults: readonly Fault[], before: 'applying' | 'answering') {
  const due = faults.filter((fault) => fault.type !== 'delay' || fault.before === before)
  const delay = pickFault(due, 'delay')
  if (delay !== undefined) await waited(delay.wait, () => world.random.next(), signal())
}

async function waited(wish: Wait, random: () => number, signal: AbortSignal): Promise<void> {
  if (typeof wish === 'object') await unlessAborted(wish, signal)
  else await setTimeout(typeof wish === 'function' ? wish(random) : wish, undefined, { signal })
}

function unlessAborted(wish: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    signal.addEventListener('abort', abort)
    const settle = (): void => {
      signal.removeEventListener('abort', abort)
      resolve()
    }
    wish.then(settle, settle)
  })
}

const gone = ['ECONNRESET', 'ABORT_ERR', 'ERR_STREAM_PREMATURE_CLOSE']

/** Whether the client or the backend went away meanwhile. */
function isGone(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return error.name === 'AbortError' || ('code' in error && gone.some((code) => code === error.code))
}
