import { request } from 'undici'
import type { Json } from '../../model/json.ts'
import type { Clock } from '../../model/ports.ts'
import { classifyStatus } from './classify.ts'
import { createDispatcher } from './dispatcher.ts'
import { explainNetworkError, RequestError } from './failures.ts'
import { askAgain } from './patience.ts'
import { parseReply, readErrors } from './reply.ts'
import { createMask, createSafeText } from './safe-text.ts'
import type { DatadogSettings } from './settings.ts'

/** One server, asked one thing at a time. It follows no redirect, and every failure is a {@link RequestError}. */
export interface Client {
  send(request: ClientRequest, signal: AbortSignal): Promise<Reply>
  /** Makes text that came from the server fit for a message. */
  safeText(text: string): string
  /** Takes the keys out of text that is kept as it is. */
  mask(text: string): string
  close(): Promise<void>
}

export interface ClientRequest {
  readonly method: 'GET' | 'PATCH' | 'POST'
  /** From the API's base on, with its query. */
  readonly path: string
  readonly body?: Json
  /** For messages: `find the project`, as in "cannot find the project: …". */
  readonly purpose: string
  /** Carries or answers with many records: is given more time, and as many bytes as this. */
  readonly bulkBytes?: number
  /**
   * How often it is tried. One of many requests that only together are of use is worth several tries; about all else those decide
   * who know what else is to be sent.
   *
   * @default 1
   */
  readonly attempts?: number
}

export interface Reply {
  readonly status: number
  /** Undefined for an answer that is empty, too long, or no JSON. */
  readonly body: unknown
}

/** Milliseconds. */
export interface Timeouts {
  readonly connect: number
  /** From the request's end to the answer's head. */
  readonly headers: number
  /** Of the whole request with the answer's body. */
  readonly whole: number
  /** Both, of requests that carry or answer with many records. */
  readonly bulk: number
}

const defaultTimeouts: Timeouts = { connect: 5_000, headers: 10_000, whole: 30_000, bulk: 60_000 }

const MAX_REPLY_BYTES = 1024 * 1024

export interface ClientTools {
  readonly clock: Clock
  readonly timeouts?: Partial<Timeouts>
  /** How many requests there may be at once. @default 4 */
  readonly connections?: number
  /** Takes other secrets than the keys out of what the server says. */
  readonly mask?: (text: string) => string
}

export function createClient(settings: DatadogSettings, tools: ClientTools): Client {
  const { clock, timeouts: given, connections, mask: maskOthers = (text: string) => text } = tools
  const timeouts = { ...defaultTimeouts, ...given }
  const dispatcher = createDispatcher(settings, { connectTimeout: timeouts.connect, connections })
  const mask = createMask([settings.apiKey, settings.appKey])
  const safeText = createSafeText((text) => maskOthers(mask(text)))
  const { host } = new URL(settings.apiBase)
  const sendOnce = async (asked: ClientRequest, signal: AbortSignal): Promise<Reply> => {
    const limits = limitsOf(asked, timeouts)
    const deadline = startDeadline(limits.whole, { clock, signal })
    const cannot = (reason: string): string => `cannot ${asked.purpose}: ${safeText(reason)}`
    try {
      const options = { ...toOptions(asked, settings, limits), dispatcher, signal: deadline.signal }
      const { statusCode: status, headers, body: stream } = await request(`${settings.apiBase}${asked.path}`, options)
      const body = parseReply(await readBody(stream, headers['content-encoding'], limits.bytes))
      const failure = classifyStatus(status, headers, clock.now())
      if (failure === undefined) return { status, body }
      const message = cannot(`${host} answered ${describeStatus(status)}${explain(status, body)}`)
      throw new RequestError(message, failure, { mayHaveArrived: status >= 500, status, body })
    } catch (error) {
      if (error instanceof RequestError) throw error
      const why = deadline.signal.aborted ? undefined : explainNetworkError(error)
      const reason = why?.reason ?? (signal.aborted ? 'it was given up' : `no whole answer in ${limits.whole / 1000} s`)
      const details = { mayHaveArrived: why?.mayHaveArrived ?? true, cause: error }
      throw new RequestError(cannot(`${host}: ${reason}`), { kind: 'unreachable' }, details)
    } finally {
      deadline.stop()
    }
  }
  return {
    safeText,
    mask,
    close: () => dispatcher.destroy(),
    send: (asked, signal) => askAgain(() => sendOnce(asked, signal), { clock, signal, attempts: asked.attempts ?? 1 }),
  }
}

interface RequestLimits {
  readonly bytes: number
  readonly headers: number
  readonly whole: number
}

function limitsOf({ bulkBytes }: ClientRequest, { headers, whole, bulk }: Timeouts): RequestLimits {
  return bulkBytes === undefined
    ? { bytes: MAX_REPLY_BYTES, headers, whole }
    : { bytes: bulkBytes, headers: bulk, whole: bulk }
}

function toOptions({ method, body }: ClientRequest, { apiKey, appKey }: DatadogSettings, limits: RequestLimits) {
  return {
    method,
    headers: {
      'dd-api-key': apiKey,
      'dd-application-key': appKey,
      accept: 'application/json',
      'user-agent': 'llmobs-exp',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    headersTimeout: limits.headers,
    bodyTimeout: limits.headers,
    ...(body === undefined ? {} : { body }),
  }
}

/** The answer's text; undefined where it is longer than it may be, or packed: what was not asked for is not unpacked. */
async function readBody(
  stream: AsyncIterable<unknown>,
  encoding: unknown,
  maxBytes: number,
): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of stream) {
    if (!(chunk instanceof Uint8Array)) continue
    bytes += chunk.length
    if (bytes > maxBytes) return undefined
    chunks.push(chunk)
  }
  return encoding === undefined || encoding === 'identity' ? Buffer.concat(chunks).toString('utf8') : undefined
}

function describeStatus(status: number): string {
  return status >= 300 && status < 400 ? `${status}, which is a redirect and is not followed` : String(status)
}

function explain(status: number, body: unknown): string {
  const said = readErrors(body)
  const told = said === undefined ? '' : `: ${said}`
  if (status !== 401 && status !== 403) return told
  return `${told} (DD_API_KEY and DD_APP_KEY must be of this site, and the latter needs llmobs_data_read and llmobs_data_write)`
}

interface Deadline {
  readonly signal: AbortSignal
  stop(): void
}

function startDeadline(milliseconds: number, { clock, signal }: { clock: Clock; signal: AbortSignal }): Deadline {
  const controller = new AbortController()
  const abort = (): void => controller.abort()
  const cancel = clock.after(milliseconds, abort)
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  return {
    signal: controller.signal,
    stop() {
      cancel()
      signal.removeEventListener('abort', abort)
    },
  }
}
