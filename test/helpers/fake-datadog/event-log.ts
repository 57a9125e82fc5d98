import { type Json, type JsonObject, textAt } from './json.ts'

/** One arrival of an event. */
export interface Hit {
  /** Number of the request that brought it. */
  readonly request: number
  /** Nanoseconds since 1970. */
  readonly at: bigint
  /** The event exactly as it came. */
  readonly text: string
  readonly event: JsonObject
}

/** A span or metric that was accepted at least once. */
export interface ReceivedEvent {
  readonly kind: 'span' | 'metric'
  readonly experimentId: string
  /** Of the span, or that the metric is about; empty for a summary. */
  readonly spanId: string
  /** Empty for a span. */
  readonly label: string
  /** The run a summary is about, where a tag says so; empty for all else. */
  readonly runId: string
  readonly hits: readonly Hit[]
}

/** What names an event: the same names are the same event. */
export type EventName = Omit<ReceivedEvent, 'hits'>

interface Received extends EventName {
  readonly hits: Hit[]
}

/** Every event that was accepted, in the order in which they first came. */
export class EventLog {
  readonly #received = new Map<string, Received>()

  add(name: EventName, hit: Hit): void {
    const key = JSON.stringify([name.kind, name.experimentId, name.spanId, name.label, name.runId])
    const known = this.#received.get(key)
    if (known === undefined) this.#received.set(key, { ...name, hits: [hit] })
    else known.hits.push(hit)
  }

  /** All, or those of one experiment. */
  all(experimentId?: string): ReceivedEvent[] {
    return [...this.#received.values()].filter((one) => experimentId === undefined || one.experimentId === experimentId)
  }

  spans(experimentId?: string): ReceivedEvent[] {
    return this.all(experimentId).filter(({ kind }) => kind === 'span')
  }

  /** Summaries too. */
  metrics(experimentId?: string): ReceivedEvent[] {
    return this.all(experimentId).filter(({ kind }) => kind === 'metric')
  }

  /** Those that came more than once. */
  resent(experimentId?: string): ReceivedEvent[] {
    return this.all(experimentId).filter(({ hits }) => hits.length > 1)
  }

  /** Those that came more than once, and not the same to the byte: of a backend that has to be told twice there are none. */
  altered(experimentId?: string): ReceivedEvent[] {
    return this.resent(experimentId).filter(({ hits }) => hits.some(({ text }) => text !== hits[0]?.text))
  }
}

/** What came last under this name. */
export function lastEvent(received: ReceivedEvent): JsonObject {
  return received.hits.at(-1)?.event ?? {}
}

/** What follows `key:` in the first tag that has it, empty when none has. */
export function tagValue(tags: Json | undefined, key: string): string {
  if (!Array.isArray(tags)) return ''
  const tag = tags.find((one) => typeof one === 'string' && one.startsWith(`${key}:`))
  return typeof tag === 'string' ? tag.slice(key.length + 1) : ''
}

export function spanName(experimentId: string, span: JsonObject): EventName {
  return { kind: 'span', experimentId, spanId: textAt(span, 'span_id'), label: '', runId: '' }
}
