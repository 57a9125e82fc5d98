import { toErrorInfo } from '../../model/error-info.ts'
import { type ErrorInfo, LlmobsExpError } from '../../model/errors.ts'
import type { EvaluatorResult } from '../../model/events.ts'
import type { JsonChange } from '../../model/json.ts'
import type { HostCalls, RunningCall } from './host-calls.ts'
import type { HostExperiment } from './host-session.ts'
import { EvaluatorContext, type HostUnit } from './host-unit.ts'
import { interpretEvaluation } from './interpret-evaluation.ts'
import { monotonicNow } from './monotonic.ts'
import type { FollowUpText } from './protocol.ts'

/** Calls evaluators and makes messages of what they return. */
export interface EvaluatorRunner {
  /** Calls one that the main thread asked for; posts what comes of it. */
  call(call: EvaluatorCall): void
  /** Calls one that follows its task. One that returns a promise goes on, and what comes of it is posted. */
  follow(call: EvaluatorCall, step: number): FollowUpText
}

export interface EvaluatorCall {
  readonly call: number
  readonly evaluator: string
  readonly unit: HostUnit
}

interface RunnerOptions {
  readonly calls: HostCalls
  readonly experiment: HostExperiment
}

/** What came of an evaluator. */
type Ended = { readonly result: EvaluatorResult; readonly durationMs: number; readonly changes: readonly JsonChange[] }

const NO_CHANGES: readonly JsonChange[] = []

export function createEvaluatorRunner({ calls, experiment }: RunnerOptions): EvaluatorRunner {
  const claimLabels = createLabelRegistry()
  const { redactor } = experiment

  const begin = ({ call, evaluator, unit }: EvaluatorCall, step: number) => {
    const running = calls.begin(
      call,
      { what: `evaluator ${evaluator}`, key: unit.key, iteration: unit.iteration },
      step,
    )
    const evaluate = (): unknown =>
      calls.enter(running, () => experiment.evaluate(evaluator, new EvaluatorContext(unit, running, experiment)))
    return { running, evaluate }
  }
  const interpret = (evaluator: string, returned: unknown, running: RunningCall): Ended => {
    const durationMs = monotonicNow() - running.startedAt
    const changes = new Set<JsonChange>()
    const interpreted = interpretEvaluation(evaluator, returned, changes)
    claimLabels(evaluator, interpreted)
    const result = redactor === undefined ? interpreted : redactor.evaluation(interpreted, changes)
    return { result, durationMs, changes: changes.size === 0 ? NO_CHANGES : [...changes] }
  }
  const fail = (error: unknown, running: RunningCall): Ended => {
    const info: ErrorInfo = toErrorInfo('E_EVALUATOR', error)
    const durationMs = monotonicNow() - running.startedAt
    return { result: { status: 'error', error: redactor?.error(info) ?? info }, durationMs, changes: NO_CHANGES }
  }
  const post = (running: RunningCall, { result, durationMs, changes }: Ended): void => {
    calls.finish(running, ['evaluated', running.call, running.startedAt, durationMs, result, changes])
  }
  const postLater = async (evaluator: string, returned: unknown, running: RunningCall): Promise<void> => {
    try {
      post(running, interpret(evaluator, await returned, running))
    } catch (error) {
      post(running, fail(error, running))
    }
  }

  return {
    call(options) {
      const { running, evaluate } = begin(options, 0)
      const returned = (async () => evaluate())()
      void postLater(options.evaluator, returned, running)
    },
    follow(options, step) {
      const { running, evaluate } = begin(options, step)
      let ended: Ended
      try {
        const returned = evaluate()
        if (isThenable(returned)) {
          void postLater(options.evaluator, returned, running)
          return ['pending']
        }
        if (typeof returned === 'boolean' || (typeof returned === 'number' && Number.isFinite(returned))) {
          claimLabels(options.evaluator, undefined)
          const durationMs = monotonicNow() - running.startedAt
          calls.end(running)
          return ['value', running.startedAt, durationMs, returned]
        }
        ended = interpret(options.evaluator, returned, running)
      } catch (error) {
        ended = fail(error, running)
      }
      calls.end(running)
      return ['result', running.startedAt, ended.durationMs, ended.result, ended.changes]
    },
  }
}

/**
 * Remembers whose label is whose. Without a result the evaluator's own name is claimed.
 * @throws LlmobsExpError `E_EVALUATOR_LABEL` when another evaluator already gave a value under a label
 */
type ClaimLabels = (evaluator: string, result: EvaluatorResult | undefined) => void

function createLabelRegistry(): ClaimLabels {
  const owners = new Map<string, string>()
  const claim = (label: string, evaluator: string): void => {
    const owner = owners.get(label)
    if (owner === undefined) owners.set(label, evaluator)
    else if (owner !== evaluator) {
      const message = `label ${label}: evaluator ${owner} already gives a value under it, and so does ${evaluator}`
      throw new LlmobsExpError('E_EVALUATOR_LABEL', message, { hint: 'rename one of them' })
    }
  }
  return (evaluator, result) => {
    if (result === undefined) claim(evaluator, evaluator)
    else if (result.status === 'ok') for (const { label } of result.evaluations) claim(label, evaluator)
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
