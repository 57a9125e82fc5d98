import type { Awaitable } from '../model/definition.ts'
import { LlmobsExpError } from '../model/errors.ts'
import type { Evaluation, EvalValue } from '../model/evaluation.ts'
import { markManaged } from '../model/managed.ts'
import { quote } from '../model/quote.ts'
import type { EvaluatorAsker } from './ask-evaluator.ts'

/** What an evaluator at Datadog is told a row by. Every evaluator's context is one. */
export interface RemoteEvaluatorContext {
  readonly input: unknown
  readonly output: unknown
  readonly expectedOutput: unknown
  readonly metadata: unknown
  readonly config: unknown
  readonly signal: AbortSignal
  readonly spanId: string
  readonly traceId: string
}

export interface RemoteEvaluatorOptions<X = RemoteEvaluatorContext> {
  /**
   * Makes what the evaluator is told of a row, for one that was not made for experiments.
   * @default `span_input`, `span_output`, `meta` with `expected_output` and `metadata`, `span_id` and `trace_id`
   */
  readonly transform?: (context: X) => Awaitable<object>
}

/** An evaluator at Datadog, as one of a definition. */
export interface RemoteEvaluator<T extends EvalValue, N extends string, X> {
  readonly name: N
  evaluate(context: X): Promise<Evaluation<T>>
}

/**
 * An evaluator that is configured at Datadog, such as an LLM judge: its value, reasoning and assessment. Where it finds nothing, the
 * row has its error (`E_REMOTE_EVALUATOR`), with the status and the words that Datadog gave. Needs `DD_API_KEY` and `DD_APP_KEY`.
 *
 * @param name The evaluator's name at Datadog.
 * @param options `transform(context)` returns what the evaluator is told in place of `{ span_input, span_output, meta, … }`.
 * @throws LlmobsExpError `E_DEFINITION` for arguments that are none
 * @example
 * evaluators: {
 *   ...byName(remoteEvaluator('helpfulness')),
 *   tone: remoteEvaluator<number>('Tone of voice', { transform: ({ output }) => ({ span_output: output }) }),
 * }
 */
export function remoteEvaluator<
  T extends EvalValue = EvalValue,
  const N extends string = string,
  X = RemoteEvaluatorContext,
>(name: N, options?: RemoteEvaluatorOptions<X>): RemoteEvaluator<T, N, X>
export function remoteEvaluator(
  name: string,
  options: RemoteEvaluatorOptions = {},
): RemoteEvaluator<EvalValue, string, RemoteEvaluatorContext> {
  checkArguments(name, options)
  const { transform } = options
  let asker: Promise<EvaluatorAsker> | undefined
  const connect = async (): Promise<EvaluatorAsker> => {
    const { createAsker } = await import('./ask-evaluator.ts')
    return createAsker(name)
  }
  return markManaged({
    name,
    async evaluate(context: RemoteEvaluatorContext) {
      asker ??= connect()
      const { ask } = await asker
      return ask(context, transform)
    },
  })
}

function checkArguments(name: unknown, options: unknown): void {
  if (typeof name !== 'string' || name === '') {
    throw new LlmobsExpError('E_DEFINITION', `remoteEvaluator: expected the name of an evaluator, got ${quote(name)}`)
  }
  const owner = `remoteEvaluator ${quote(name)}`
  if (typeof options !== 'object' || options === null) {
    throw new LlmobsExpError('E_DEFINITION', `${owner}: expected an object of options, got ${quote(options)}`)
  }
  const unknown = Object.keys(options).find((key) => key !== 'transform')
  if (unknown !== undefined) {
    throw new LlmobsExpError('E_DEFINITION', `${owner}: expected no other option than transform, got ${quote(unknown)}`)
  }
  const transform: unknown = Reflect.get(options, 'transform')
  if (transform === undefined || typeof transform === 'function') return
  throw new LlmobsExpError('E_DEFINITION', `${owner}: transform: expected a function, got ${quote(transform)}`)
}
