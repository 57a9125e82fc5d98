import { type Json, parseJson, stringifyJson } from '../../model/json.ts'
import type { Client } from './client.ts'
import { RequestError } from './failures.ts'
import { envelope, joinObject, toText } from './json-text.ts'
import { unreadable } from './pages.ts'
import { underBase } from './paths.ts'
import { readMember, readText } from './reply.ts'

/** What an evaluator that is kept at Datadog found. */
export type Inference =
  | {
      readonly status: 'ok'
      readonly value: Json
      readonly assessment?: 'pass' | 'fail'
      readonly reasoning?: string
    }
  /** The judge could not be asked, or could not answer; `WARN` is its own word for what may be otherwise the next time. */
  | {
      readonly status: 'error'
      readonly severity: 'ERROR' | 'WARN'
      readonly type: string
      readonly message: string
      readonly resolution?: string
      /** What it said, word for word. */
      readonly error: unknown
    }

/** What an evaluator may be told of a row. */
export interface EvaluatedRow {
  readonly input: Json
  readonly output: Json
  readonly expectedOutput?: Json
  readonly metadata?: Json
  readonly spanId?: string
  readonly traceId?: string
}

/** The context that Datadog's evaluators are made for. */
export function toEvaluatorContext(row: EvaluatedRow): Json {
  const { input, output, spanId, traceId } = row
  const expected = row.expectedOutput === 'null' ? undefined : row.expectedOutput
  const metadata = row.metadata === '{}' || row.metadata === 'null' ? undefined : row.metadata
  const hasMeta = expected !== undefined || metadata !== undefined
  return joinObject({
    span_input: input,
    span_output: output,
    meta: hasMeta ? joinObject({ expected_output: expected, metadata }) : undefined,
    span_id: spanId === undefined ? undefined : toText(spanId),
    trace_id: traceId === undefined ? undefined : toText(traceId),
  })
}

/** A judge thinks longer than a server. */
const REPLY_BYTES = 1024 * 1024
const ATTEMPTS = 3
/** Characters of an error that is kept word for word. */
const MAX_VERBATIM = 8_192

/** Asks an evaluator that is kept at Datadog. What it says of a failure is a result; that it cannot be asked is an error. */
export async function inferEvaluator(
  client: Client,
  { name, context }: { readonly name: string; readonly context: Json },
  signal: AbortSignal,
): Promise<Inference> {
  const path = underBase('/api/unstable/llm-obs/v1', ['evaluators', name, 'infer'])
  const body = envelope('evaluator_inference', { context })
  const purpose = 'ask the evaluator'
  try {
    const reply = await client.send(
      { method: 'POST', path, body, purpose, bulkBytes: REPLY_BYTES, attempts: ATTEMPTS },
      signal,
    )
    const inference = readInference(reply.body, client)
    if (inference === undefined) throw unreadable(`cannot ${purpose}: the answer has no value`)
    return inference
  } catch (error) {
    const told = error instanceof RequestError ? readFailure(error.body, client) : undefined
    if (told === undefined) throw error
    return told
  }
}

function readInference(body: unknown, client: Client): Inference | undefined {
  const failure = readFailure(body, client)
  if (failure !== undefined) return failure
  const attributes = readMember(body, 'data', 'attributes')
  const status = readText(attributes, 'status') ?? 'OK'
  const value = readMember(attributes, 'value')
  const reasoning = readText(attributes, 'reasoning')
  // A status of its own without an error is one all the same.
  if (status !== 'OK') return failed(status, { message: reasoning ?? `the evaluator says ${status}` }, client)
  if (value === undefined) return undefined
  const assessment = readText(attributes, 'assessment')
  return {
    status: 'ok',
    value: stringifyJson(value),
    ...(assessment === 'pass' || assessment === 'fail' ? { assessment } : {}),
    ...(reasoning === undefined ? {} : { reasoning }),
  }
}

function readFailure(body: unknown, client: Client): Inference | undefined {
  const attributes = readMember(body, 'data', 'attributes')
  const error = readMember(attributes, 'error')
  const message = readText(error, 'message')
  const type = readText(error, 'type')
  if (message === undefined && type === undefined) return undefined
  const resolution = readText(error, 'recommended_resolution')
  return failed(readText(attributes, 'status') ?? 'ERROR', { type, message, resolution, error }, client)
}

interface Told {
  readonly type?: string | undefined
  readonly message?: string | undefined
  readonly resolution?: string | undefined
  readonly error?: unknown
}

function failed(
  status: string,
  { type = 'RemoteEvaluatorError', message = type, resolution, error }: Told,
  client: Client,
): Inference {
  return {
    status: 'error',
    severity: status === 'WARN' ? 'WARN' : 'ERROR',
    type: client.safeText(type),
    message: client.safeText(message),
    ...(resolution === undefined ? {} : { resolution: client.safeText(resolution) }),
    error: keepVerbatim(error ?? { type, message }, client) ?? {
      type: client.safeText(type),
      message: client.safeText(message),
    },
  }
}

/** Undefined for what is too long to be kept. */
function keepVerbatim(error: unknown, client: Client): unknown {
  const json = client.mask(stringifyJson(error))
  return json.length > MAX_VERBATIM ? undefined : parseJson(json)
}
