import { toErrorInfo } from '../../model/error-info.ts'
import { LlmobsExpError } from '../../model/errors.ts'
import type { EvaluatorResult } from '../../model/events.ts'
import { spanIds } from '../../model/identity.ts'
import { deepFreeze, type Json, type JsonChange, toJson, UnkeepableValueError } from '../../model/json.ts'
import type { HostExperiment } from './host.ts'
import type { HostCalls, RunningCall } from './host-calls.ts'
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
}

interface Unit {
  readonly key: string
  readonly iteration: number
  readonly input: Json
  readonly record: FrozenRecord
  readonly metadata: Json | undefined
  output: unknown
  hasOutput: boolean
}

/** What all evaluators of a row share: parsed once, when first needed, and frozen. */
interface FrozenRecord {
  readonly value: {
    readonly id?: string
    readonly input: unknown
    readonly expectedOutput?: unknown
    readonly metadata?: unknown
    readonly tags?: readonly string[]
  }
}

interface UnitsOptions {
  readonly calls: HostCalls
  experiment(): HostExperiment
}

export function createUnits({ calls, experiment }: UnitsOptions): HostUnits {
  const units = new Map<number, Unit>()
  const labels = createLabelRegistry()

  const find = (id: number): Unit => {
    const unit = units.get(id)
    if (unit === undefined) throw new LlmobsExpError('E_INTERNAL', `unit ${id} is not open in this thread`)
    return unit
  }

  return {
    open(message) {
      units.set(message[1], openUnit(message))
    },
    callTask([, call, slot, unitId, attempt]) {
      const unit = find(unitId)
      const run = (running: RunningCall): Promise<FromThread> =>
        runTask({ unit, attempt, running, experiment: experiment() })
      calls.start({ call, slot, what: 'the task', key: unit.key, run })
    },
    callEvaluator([, call, slot, unitId, evaluator, output]) {
      const unit = find(unitId)
      if (!unit.hasOutput && output !== undefined) keepOutput(unit, JSON.parse(output))
      const run = (running: RunningCall): Promise<FromThread> =>
        runEvaluator({ unit, evaluator, running, labels, experiment: experiment() })
      calls.start({ call, slot, what: `evaluator ${evaluator}`, key: unit.key, run })
    },
    close(unit) {
      units.delete(unit)
    },
  }
}

function openUnit([, , iteration, key, id, input, expectedOutput, metadata, tags]: Message<'unit'>): Unit {
  let frozen: FrozenRecord['value'] | undefined
  const record: FrozenRecord = {
    get value() {
      frozen ??= freezeRecord({
        ...(id === undefined ? {} : { id }),
        input: JSON.parse(input),
        ...(expectedOutput === undefined ? {} : { expectedOutput: JSON.parse(expectedOutput) }),
        ...(metadata === undefined ? {} : { metadata: JSON.parse(metadata) }),
        ...(tags === undefined ? {} : { tags }),
      })
      return frozen
    },
  }
  return { key, iteration, input, record, metadata, output: undefined, hasOutput: false }
}

function freezeRecord(record: FrozenRecord['value']): FrozenRecord['value'] {
  deepFreeze(record)
  return record
}

function keepOutput(unit: Unit, output: unknown): void {
  deepFreeze(output)
  unit.output = output
  unit.hasOutput = true
}

interface TaskCall {
  readonly unit: Unit
  readonly attempt: number
  readonly running: RunningCall
  readonly experiment: HostExperiment
}

async function runTask({ unit, attempt, running, experiment }: TaskCall): Promise<FromThread> {
  const { call, startedAt } = running
  try {
    const context = {
      config: experiment.config,
      metadata: unit.metadata === undefined ? undefined : JSON.parse(unit.metadata),
      recordId: unit.key,
      tags: unit.record.value.tags ?? [],
      get signal() {
        return running.signal()
      },
      runIteration: unit.iteration,
      attempt,
    }
    // The task gets a copy of its own, so that what it changes reaches nobody else.
    const returned: unknown = await experiment.definition.task(JSON.parse(unit.input), context)
    const durationMs = monotonicNow() - startedAt
    const { json, changes } = toJson(returned)
    keepOutput(unit, typeof returned === 'string' ? returned : JSON.parse(json))
    return ['output', call, startedAt, durationMs, json, changes]
  } catch (error) {
    return [
      'failed',
      call,
      startedAt,
      monotonicNow() - startedAt,
      toErrorInfo(error instanceof UnkeepableValueError ? 'E_TASK_OUTPUT' : 'E_TASK', error),
    ]
  }
}

interface EvaluatorCall {
  readonly unit: Unit
  readonly evaluator: string
  readonly running: RunningCall
  readonly labels: LabelRegistry
  readonly experiment: HostExperiment
}

async function runEvaluator(options: EvaluatorCall): Promise<FromThread> {
  const { unit, evaluator, running, labels, experiment } = options
  const { call, startedAt } = running
  try {
    const returned: unknown = await callEvaluator(options, evaluatorContext(unit, running, experiment))
    const durationMs = monotonicNow() - startedAt
    const changes = new Set<JsonChange>()
    const result = interpretEvaluation(evaluator, returned, changes)
    labels.claim(evaluator, result)
    return evaluationMessage({ call, startedAt, durationMs, evaluator, result, changes })
  } catch (error) {
    return ['failed', call, startedAt, monotonicNow() - startedAt, toErrorInfo('E_EVALUATOR', error)]
  }
}

function callEvaluator({ evaluator, experiment }: EvaluatorCall, context: EvaluatorInput): unknown {
  const found = experiment.definition.evaluators[evaluator]
  if (found === undefined) throw new LlmobsExpError('E_INTERNAL', `the definition has no evaluator ${evaluator}`)
  return typeof found === 'function' ? found(context) : found.evaluate(context)
}

type EvaluatorInput = ReturnType<typeof evaluatorContext>

function evaluatorContext(unit: Unit, running: RunningCall, experiment: HostExperiment) {
  const record = unit.record.value
  const ids = (): ReturnType<typeof spanIds> => spanIds(experiment.experimentId, unit.key, unit.iteration, 0)
  return {
    input: record.input,
    output: unit.output,
    expectedOutput: record.expectedOutput,
    metadata: record.metadata,
    config: experiment.config,
    record,
    get signal() {
      return running.signal()
    },
    get spanId() {
      return ids().spanId
    },
    get traceId() {
      return ids().traceId
    },
  }
}

interface Evaluated {
  readonly call: number
  readonly startedAt: number
  readonly durationMs: number
  readonly evaluator: string
  readonly result: EvaluatorResult
  readonly changes: ReadonlySet<JsonChange>
}

function evaluationMessage({ call, startedAt, durationMs, evaluator, result, changes }: Evaluated): FromThread {
  if (result.status === 'ok' && result.evaluations.length === 1 && changes.size === 0) {
    const [only] = result.evaluations
    if (only?.label === evaluator && Object.keys(only).length === 3) {
      return ['value', call, startedAt, durationMs, only.label, only.value, only.type === 'json']
    }
  }
  return ['evaluated', call, startedAt, durationMs, result, [...changes]]
}

interface LabelRegistry {
  /** @throws LlmobsExpError `E_EVALUATOR_LABEL` when another evaluator already gave a value under a label */
  claim(evaluator: string, result: EvaluatorResult): void
}

function createLabelRegistry(): LabelRegistry {
  const owners = new Map<string, string>()
  return {
    claim(evaluator, result) {
      if (result.status !== 'ok') return
      for (const { label } of result.evaluations) {
        const owner = owners.get(label)
        if (owner === undefined) owners.set(label, evaluator)
        else if (owner !== evaluator) {
          const message = `label ${label}: evaluator ${owner} already gives a value under it, and so does ${evaluator}`
          throw new LlmobsExpError('E_EVALUATOR_LABEL', message, { hint: 'rename one of them' })
        }
      }
    },
  }
}
