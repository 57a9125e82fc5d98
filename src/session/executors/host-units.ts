import { toErrorInfo } from '../../model/error-info.ts'
import { LlmobsExpError } from '../../model/errors.ts'
import type { EvaluatorResult } from '../../model/events.ts'
import { type JsonChange, toJson, UnkeepableValueError } from '../../model/json.ts'
import type { HostExperiment, Post } from './host.ts'
import type { HostCalls, RunningCall } from './host-calls.ts'
import { evaluatorContext, HostUnit, taskContext } from './host-unit.ts'
import { interpretEvaluation } from './interpret-evaluation.ts'
import { monotonicNow } from './monotonic.ts'
import type { FromThread, ToThread } from './protocol.ts'

type Message<K extends ToThread[0]> = Extract<ToThread, readonly [K, ...unknown[]]>

/** Runs the task and the evaluators of units. */
export interface HostUnits {
  open(message: Message<'unit'>): void
  callTask(message: Message<'task'>): void
  callEvaluator(message: Message<'evaluator'>): void
  close(unit: number): void
  /** Begins the evaluators of tasks whose outputs have been sent. */
  followUp(): void
}

export interface UnitsOptions {
  readonly calls: HostCalls
  readonly post: Post
  experiment(): HostExperiment
}

interface Wake {
  readonly unit: HostUnit
  readonly calls: readonly number[]
}

export function createUnits({ calls, post, experiment }: UnitsOptions): HostUnits {
  const units = new Map<number, HostUnit>()
  const labels = createLabelRegistry()
  let wakes: Wake[] = []

  const find = (id: number): HostUnit => {
    const unit = units.get(id)
    if (unit === undefined) throw new LlmobsExpError('E_INTERNAL', `unit ${id} is not open in this thread`)
    return unit
  }

  /** Evaluators follow as long as they return at once; the first that returns a promise is the last. */
  const followOne = ({ unit, calls: followUps }: Wake): void => {
    const names = experiment().evaluatorNames
    for (let index = 0; index < followUps.length; index++) {
      const call = followUps[index]
      const evaluator = names[index]
      if (call === undefined || evaluator === undefined) return
      const isOver = runEvaluator({ call, evaluator, unit })
      if (isOver) continue
      if (index + 1 < followUps.length) post(['not-begun', followUps.slice(index + 1)])
      return
    }
  }

  /** Returns whether the evaluator has returned without a promise. */
  const runEvaluator = ({ call, evaluator, unit }: EvaluatorCall): boolean => {
    const running = calls.begin(call, { what: `evaluator ${evaluator}`, key: unit.key })
    const finish = (returned: unknown): boolean => calls.finish(running, evaluated({ running, evaluator, labels, returned }))
    const fail = (error: unknown): boolean => calls.finish(running, failed(running, toErrorInfo('E_EVALUATOR', error)))
    try {
      const current = experiment()
      const returned = current.evaluate(evaluator, evaluatorContext(unit, running, current))
      if (!isThenable(returned)) {
        finish(returned)
        return true
      }
      Promise.resolve(returned).then(finish).catch(fail)
      return false
    } catch (error) {
      fail(error)
      return true
    }
  }

  return {
    open(message) {
      units.set(message[1], new HostUnit(message))
    },
    callTask([, call, unitId, attempt, followUps]) {
      const unit = find(unitId)
      const running = calls.begin(call, unit)
      void runTask({ unit, attempt, running, experiment: experiment() }).then((message) => {
        const isWaitedFor = calls.finish(running, message)
        if (followUps.length === 0) return
        if (isWaitedFor && message[0] === 'output') wakes.push({ unit, calls: followUps })
        else post(['not-begun', followUps])
      })
    },
    callEvaluator([, call, unitId, evaluator, output]) {
      const unit = find(unitId)
      if (!unit.hasOutput && output !== undefined) unit.keepOutput(JSON.parse(output))
      runEvaluator({ call, evaluator, unit })
    },
    close: (unit) => void units.delete(unit),
    followUp() {
      if (wakes.length === 0) return
      const ready = wakes
      wakes = []
      for (const wake of ready) followOne(wake)
    },
  }
}

interface TaskCall {
  readonly unit: HostUnit
  readonly attempt: number
  readonly running: RunningCall
  readonly experiment: HostExperiment
}

async function runTask({ unit, attempt, running, experiment }: TaskCall): Promise<FromThread> {
  const { call, startedAt } = running
  try {
    const context = taskContext(unit, attempt, running, experiment)
    const returned = await experiment.definition.task(unit.copyInput(), context)
    const durationMs = monotonicNow() - startedAt
    const { json, changes } = toJson(returned)
    unit.keepOutput(typeof returned === 'string' ? returned : JSON.parse(json))
    return ['output', call, startedAt, durationMs, json, changes]
  } catch (error) {
    return failed(running, toErrorInfo(error instanceof UnkeepableValueError ? 'E_TASK_OUTPUT' : 'E_TASK', error))
  }
}

function failed({ call, startedAt }: RunningCall, error: ReturnType<typeof toErrorInfo>): FromThread {
  return ['failed', call, startedAt, monotonicNow() - startedAt, error]
}

interface EvaluatorCall {
  readonly call: number
  readonly evaluator: string
  readonly unit: HostUnit
}

interface Evaluated {
  readonly running: RunningCall
  readonly evaluator: string
  readonly labels: LabelRegistry
  readonly returned: unknown
}

function evaluated({ running, evaluator, labels, returned }: Evaluated): FromThread {
  const { call, startedAt } = running
  const durationMs = monotonicNow() - startedAt
  if (typeof returned === 'boolean' || (typeof returned === 'number' && Number.isFinite(returned))) {
    labels.claim(evaluator, evaluator)
    return ['value', call, startedAt, durationMs, evaluator, returned]
  }
  const changes = new Set<JsonChange>()
  const result = interpretEvaluation(evaluator, returned, changes)
  claimLabels(evaluator, result, labels)
  return ['evaluated', call, startedAt, durationMs, result, [...changes]]
}

function claimLabels(evaluator: string, result: EvaluatorResult, labels: LabelRegistry): void {
  if (result.status !== 'ok') return
  for (const { label } of result.evaluations) labels.claim(label, evaluator)
}

interface LabelRegistry {
  /** @throws LlmobsExpError `E_EVALUATOR_LABEL` when another evaluator already gave a value under the label */
  claim(label: string, evaluator: string): void
}

function createLabelRegistry(): LabelRegistry {
  const owners = new Map<string, string>()
  return {
    claim(label, evaluator) {
      const owner = owners.get(label)
      if (owner === undefined) owners.set(label, evaluator)
      else if (owner !== evaluator) {
        const message = `label ${label}: evaluator ${owner} already gives a value under it, and so does ${evaluator}`
        throw new LlmobsExpError('E_EVALUATOR_LABEL', message, { hint: 'rename one of them' })
      }
    },
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
