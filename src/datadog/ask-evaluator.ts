import type { Awaitable } from '../model/definition.ts'
import { LlmobsExpError } from '../model/errors.ts'
import type { Evaluation, EvalValue } from '../model/evaluation.ts'
import { type Json, parseJson, toJson } from '../model/json.ts'
import { markManaged } from '../model/managed.ts'
import { quote } from '../model/quote.ts'
import { connectDatadog, type Inference, toCommandError, toEvaluatorContext } from './connect.ts'
import type { RemoteEvaluatorContext } from './evaluator.ts'

/** Asks one evaluator at Datadog. */
export interface EvaluatorAsker {
  ask(context: RemoteEvaluatorContext, transform: Transform | undefined): Promise<Evaluation>
}

type Transform = (context: RemoteEvaluatorContext) => Awaitable<object>

/** How long a judge may think is for --eval-timeout to say, and how many are asked at once for --jobs. */
const TIMEOUTS = { bulk: 3_600_000 }
const CONNECTIONS = 1_000

/** @throws LlmobsExpError `E_BACKEND_SETTINGS` */
export function createAsker(name: string): EvaluatorAsker {
  const remote = connectDatadog(`remoteEvaluator ${quote(name)}`, { timeouts: TIMEOUTS, connections: CONNECTIONS })
  return {
    async ask(row, transform) {
      const context = transform === undefined ? describeRow(row) : writeContext(await transform(row), name)
      const found = await remote.infer({ name, context }, row.signal).catch((error: unknown) => {
        row.signal.throwIfAborted()
        throw toAskError(error, name)
      })
      if (found.status === 'error') throw toFailure(found, name)
      const { value: json, status: _status, ...more } = found
      return markManaged({ value: readValue(parseJson(json), name), ...more })
    },
  }
}

/** As Datadog's evaluators are made for: the config stands in the metadata. */
function describeRow({
  input,
  output,
  expectedOutput,
  metadata,
  config,
  spanId,
  traceId,
}: RemoteEvaluatorContext): Json {
  const settings = isObject(config) && Object.keys(config).length > 0 ? { experiment_config: config } : {}
  const described = isObject(metadata)
    ? metadata
    : metadata === undefined || metadata === null
      ? {}
      : { value: metadata }
  return toEvaluatorContext({
    input: toJson(input).json,
    output: toJson(output).json,
    ...(expectedOutput === undefined ? {} : { expectedOutput: toJson(expectedOutput).json }),
    metadata: toJson({ ...described, ...settings }).json,
    spanId,
    traceId,
  })
}

function writeContext(context: unknown, name: string): Json {
  if (isObject(context)) return toJson(context).json
  const message = `remoteEvaluator ${quote(name)}: transform: expected an object, got ${quote(context)}`
  throw new LlmobsExpError('E_EVALUATOR', message)
}

function readValue(value: unknown, name: string): EvalValue {
  if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string' || isObject(value))
    return value
  if (Array.isArray(value)) return value
  const message = `evaluator ${quote(name)} at Datadog: expected a value, got ${quote(value)}`
  throw new LlmobsExpError('E_REMOTE_EVALUATOR', message)
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function toFailure(found: Extract<Inference, { readonly status: 'error' }>, name: string): LlmobsExpError {
  const { type, message, resolution, severity, error } = found
  return new LlmobsExpError('E_REMOTE_EVALUATOR', `evaluator ${quote(name)} at Datadog: ${message} (${type})`, {
    managed: { severity, error },
    ...(resolution === undefined ? {} : { hint: resolution }),
  })
}

/** It could not be asked. */
function toAskError(error: unknown, name: string): unknown {
  const told = toCommandError(error)
  if (!(told instanceof LlmobsExpError) || told === error) return told
  return new LlmobsExpError('E_REMOTE_EVALUATOR', `evaluator ${quote(name)} at Datadog: ${told.message}`)
}
