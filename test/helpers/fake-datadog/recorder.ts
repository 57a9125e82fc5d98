import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { performance } from 'node:perf_hooks'
import { type Json, parseJson } from './json.ts'
import { findRoute, type Operation, type Route } from './routes.ts'

/** A request as it arrived, and what became of it. */
export interface RecordedRequest {
  /** 1, 2, … in the order of arrival. */
  readonly number: number
  readonly operation: Operation
  readonly method: string
  /** Without base path and query. */
  readonly path: string
  readonly query: URLSearchParams
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders
  /** The body as it came over the wire, empty while it has not come. */
  readonly bytes: Uint8Array
  /** The body unpacked. */
  readonly text: string
  /** The body's JSON, undefined when it is none. */
  readonly json: Json | undefined
  /** Of which connection it came, counted from 1. */
  readonly connection: number
  /** Milliseconds on a clock that never goes back. */
  readonly arrivedAt: number
  /** How often the backend did what was asked. */
  readonly applied: number
  readonly outcome: RequestOutcome
}

export type RequestOutcome =
  | { readonly type: 'pending' }
  | { readonly type: 'answered'; readonly status: number; readonly at: number }
  /** Either side closed the connection before the answer was sent whole. */
  | { readonly type: 'closed'; readonly at: number }

/** A request that is being answered. */
export class CurrentRequest implements RecordedRequest {
  readonly number: number
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly connection: number
  readonly arrivedAt = performance.now()
  readonly route: Route
  bytes: Uint8Array = new Uint8Array()
  text = ''
  /** Whether the body is not packed as it says, or no text. */
  isMalformed = false
  applied = 0
  outcome: RequestOutcome = { type: 'pending' }

  constructor(message: IncomingMessage, place: { readonly number: number; connection: number; basePath: string }) {
    const { method = '', url = '/', headers } = message
    const [path = '', ...query] = url.split('?')
    this.number = place.number
    this.connection = place.connection
    this.method = method
    this.path = path.startsWith(`${place.basePath}/`) ? path.slice(place.basePath.length) : ''
    this.query = new URLSearchParams(query.join('?'))
    this.headers = headers
    this.route = findRoute(method, this.path)
  }

  get operation(): Operation {
    return this.route.operation
  }

  get json(): Json | undefined {
    return parseJson(this.text)
  }
}

/** What several operations are counted under. */
type Counted = Operation | 'any'

/** Every request in order, and how many there were at once. */
export class Recorder {
  readonly requests: CurrentRequest[] = []
  readonly #connections = new WeakMap<object, number>()
  readonly #watchers = new Set<() => void>()
  readonly #inFlight = new Map<Counted, number>()
  readonly #most = new Map<Counted, number>()
  #lastConnection = 0

  arrive(message: IncomingMessage, basePath: string): CurrentRequest {
    const number = this.requests.length + 1
    const request = new CurrentRequest(message, { number, connection: this.#connectionOf(message), basePath })
    this.requests.push(request)
    this.#count(request, 1)
    this.notify()
    return request
  }

  leave(request: CurrentRequest, outcome: RequestOutcome): void {
    if (request.outcome.type !== 'pending') return
    request.outcome = outcome
    this.#count(request, -1)
    this.notify()
  }

  inFlight(operation: Counted): number {
    return this.#inFlight.get(operation) ?? 0
  }

  most(operation: Counted): number {
    return this.#most.get(operation) ?? 0
  }

  notify(): void {
    for (const watcher of [...this.#watchers]) watcher()
  }

  /** Resolves when the condition holds; it is looked at whenever something has happened. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const watcher = (): void => {
        try {
          if (!condition()) return
          resolve()
        } catch (error) {
          reject(error)
        }
        this.#watchers.delete(watcher)
      }
      this.#watchers.add(watcher)
      watcher()
    })
  }

  #count(request: CurrentRequest, change: 1 | -1): void {
    for (const counted of ['any', request.operation] as const) {
      this.#inFlight.set(counted, this.inFlight(counted) + change)
      this.#most.set(counted, Math.max(this.most(counted), this.inFlight(counted)))
    }
  }

  #connectionOf({ socket }: IncomingMessage): number {
    const known = this.#connections.get(socket) ?? ++this.#lastConnection
    this.#connections.set(socket, known)
    return known
  }
}
