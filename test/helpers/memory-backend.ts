import {
  type Backend,
  BackendError,
  type BackendFailure,
  type Batch,
  type BatchLimits,
  type EncodedItem,
  type OpenSessionOptions,
  type PushedExperiment,
  type PushItem,
  type Session,
  type WriteResult,
} from '../../src/model/backend.ts'
import type { Outcome } from '../../src/model/outcome.ts'

/** One request as the backend sees it. */
export interface MemoryRequest {
  /** From 1. */
  readonly number: number
  readonly kind: 'open' | 'write' | 'close'
  /** Of a write. */
  readonly items: readonly EncodedItem[]
}

/** What becomes of a request. */
export type MemoryAnswer =
  | { readonly kind: 'taken' }
  /** Taken, but for these positions. */
  | { readonly kind: 'partly'; readonly rejected: WriteResult['rejected'] }
  | { readonly kind: 'failed'; readonly failure: BackendFailure; readonly message?: string }
  /** Taken, and the answer is lost on its way. */
  | { readonly kind: 'lost' }
  /** Never answered. */
  | { readonly kind: 'silent' }

export const taken: MemoryAnswer = { kind: 'taken' }

export function failed(kind: BackendFailure['kind'], retryAfterMs?: number): MemoryAnswer {
  const advice = retryAfterMs === undefined ? {} : { retryAfterMs }
  return { kind: 'failed', failure: { kind, ...advice }, message: `it said ${kind}` }
}

export interface MemoryBackendOptions {
  readonly place?: string
  readonly limits?: BatchLimits
  answer?(request: MemoryRequest): MemoryAnswer
  /** Resolves when the answer has come back; at once without it. */
  travel?(): Promise<void>
  encode?: Session['encode']
  /** What is wrong with records of the dataset. */
  readonly problems?: readonly string[]
  /** What it has taken already. */
  readonly kept?: Map<number, string[]>
}

export interface MemoryBackend extends Backend {
  /** What was taken, by event: each time the same item arrived, its text. */
  readonly taken: ReadonlyMap<number, readonly string[]>
  readonly requests: readonly MemoryRequest[]
  readonly mostInFlight: number
  readonly opened: readonly { readonly experiment: PushedExperiment; readonly known?: string }[]
  readonly outcomes: readonly Outcome[]
}

const roomy: BatchLimits = { bytes: 1024 * 1024, spans: 1_000, metrics: 1_000 }

/** A backend in memory that keeps what it takes and fails as it is told to. Writes a row as one span and an evaluation as one metric. */
export function createMemoryBackend(options: MemoryBackendOptions = {}): MemoryBackend {
  const {
    limits = roomy,
    answer = () => taken,
    travel = async () => {},
    encode = encodeSimply,
    kept = new Map(),
    problems = [],
    place = 'memory.example',
  } = options
  const requests: MemoryRequest[] = []
  const opened: { experiment: PushedExperiment; known?: string }[] = []
  const outcomes: Outcome[] = []
  let inFlight = 0
  let mostInFlight = 0

  const handle = async (kind: MemoryRequest['kind'], items: readonly EncodedItem[]): Promise<WriteResult> => {
    const request = { number: requests.length + 1, kind, items }
    requests.push(request)
    mostInFlight = Math.max(mostInFlight, ++inFlight)
    const decided = answer(request)
    const rejected = decided.kind === 'partly' ? decided.rejected : []
    if (decided.kind === 'taken' || decided.kind === 'partly' || decided.kind === 'lost') {
      const out = new Set(rejected.map(({ index }) => index))
      for (const [index, item] of items.entries()) if (!out.has(index)) keep(kept, item)
    }
    if (decided.kind === 'silent') return new Promise(() => {})
    await travel()
    inFlight--
    if (decided.kind === 'failed') throw new BackendError(decided.message ?? 'it failed', decided.failure)
    if (decided.kind === 'lost') throw new BackendError('the connection was reset', { kind: 'unreachable' })
    return { rejected }
  }

  const session: Session = {
    reference: '{"experiment":"e-1"}',
    link: 'https://memory.example/e-1',
    limits,
    problems,
    encode,
    write: ({ items }: Batch) => handle('write', items),
    async close(outcome) {
      await handle('close', [])
      outcomes.push(outcome)
    },
  }
  return {
    name: 'memory',
    place,
    taken: kept,
    requests,
    opened,
    outcomes,
    get mostInFlight() {
      return mostInFlight
    },
    check: async () => {},
    async open(experiment, { known }: OpenSessionOptions) {
      await handle('open', [])
      opened.push({ experiment, ...(known === undefined ? {} : { known }) })
      return session
    },
    close: async () => {},
  }
}

function keep(kept: Map<number, string[]>, item: EncodedItem): void {
  const texts = kept.get(item.seq) ?? []
  kept.set(item.seq, texts)
  texts.push(JSON.stringify(item))
}

function encodeSimply(item: PushItem, cut: number): EncodedItem | undefined {
  if (cut > 0) return undefined
  const { seq, run, time } = item
  switch (item.kind) {
    case 'row': {
      const { key, task } = item.row
      return { seq, spans: [JSON.stringify({ ...run, ...time, key, task })], metrics: [] }
    }
    case 'evaluation':
      return { seq, spans: [], metrics: [JSON.stringify({ ...run, ...time, of: item.row.key, is: item.evaluation })] }
    case 'summary':
      return { seq, spans: [], metrics: item.summaries.map((summary) => JSON.stringify({ ...run, ...time, summary })) }
  }
}
