import { toErrorInfo } from '../../model/error-info.ts'
import { type ErrorInfo, LlmobsExpError } from '../../model/errors.ts'
import { parseJson, toJson, UnkeepableValueError } from '../../model/json.ts'
import { createEvaluatorRunner } from './evaluator-runner.ts'
import type { Post } from './host.ts'
import type { HostCalls, RunningCall } from './host-calls.ts'
import type { HostExperiment } from './host-session.ts'
import { HostUnit, TaskContext } from './host-unit.ts'
import { monotonicNow } from './monotonic.ts'
import type { FollowUpText, FromThread, ToThread } from './protocol.ts'

type Message<K extends ToThread[0]> = Extract<ToThread, readonly [K, ...unknown[]]>

/** Runs the task and the evaluators of units. */
export interface HostUnits {
  /** Takes a unit in whose task was run elsewhere. */
  open(message: Message<'unit'>): void
  callTask(message: Message<'task'>): void
  callEvaluator(message: Message<'evaluator'>): void
  close(units: readonly number[]): void
  /** Begins the evaluators of tasks whose outputs have been sent. */
  followUp(): void
}

export interface UnitsOptions {
  readonly calls: HostCalls
  readonly post: Post
  readonly experiment: HostExperiment
}

interface Wake {
  readonly unit: HostUnit
  readonly chain: number
}

export function createUnits({ calls, post, experiment }: UnitsOptions): HostUnits {
  const units = new Map<number, HostUnit>()
  const evaluators = createEvaluatorRunner({ calls, experiment })
  let wakes: Wake[] = []

  /** Evaluators follow as long as they return at once; the first that returns a promise is the last. */
  const followTask = ({ unit, chain }: Wake): void => {
    const names = experiment.evaluatorNames
    const followed: FollowUpText[] = []
    for (let step = 0; step < names.length; step++) {
      const text = evaluators.follow({ call: chain, evaluator: names[step] ?? '', unit }, step)
      followed.push(text)
      if (text[0] === 'pending') break
    }
    post(['followed', chain, followed])
  }

  return {
    open([, text, output]) {
      const unit = new HostUnit(text)
      unit.keepOutput(parseJson(output))
      units.set(unit.unit, unit)
    },
    callTask([, call, chain, attempt, text]) {
      if (!calls.claim(call)) return
      if (calls.areTasksHeld()) return post(['failed', call, monotonicNow(), 0, heldTask()])
      const unit = new HostUnit(text)
      units.set(unit.unit, unit)
      const running = calls.begin(call, unit)
      void runTask({ unit, attempt, running, experiment, calls }).then((message) => {
        const isWaitedFor = calls.finish(running, message)
        if (isWaitedFor && chain !== 0 && message[0] === 'output') wakes.push({ unit, chain })
      })
    },
    callEvaluator([, call, unitId, evaluator]) {
      if (!calls.claim(call)) return
      const unit = units.get(unitId)
      if (unit === undefined) throw new LlmobsExpError('E_INTERNAL', `unit ${unitId} is not open in this thread`)
      evaluators.call({ call, evaluator, unit })
    },
    close(closed) {
      for (const unit of closed) units.delete(unit)
    },
    followUp() {
      if (wakes.length === 0) return
      const ready = wakes
      wakes = []
      for (const wake of ready) followTask(wake)
    },
  }
}

interface TaskCall {
  readonly unit: HostUnit
  readonly attempt: number
  readonly running: RunningCall
  readonly experiment: HostExperiment
  readonly calls: HostCalls
}

async function runTask({ unit, attempt, running, experiment, calls }: TaskCall): Promise<FromThread> {
  const { call, startedAt } = running
  try {
    const context = new TaskContext(unit, { attempt, running, config: experiment.config })
    const returned = await calls.enter(running, () => experiment.definition.task(unit.copyInput(), context))
    const durationMs = monotonicNow() - startedAt
    const { json, changes } = toJson(returned)
    unit.keepOutput(isPrimitive(returned) && changes.length === 0 ? returned : parseJson(json))
    return ['output', call, startedAt, durationMs, json, changes]
  } catch (error) {
    const info = toErrorInfo(isUnkeepable(error) ? 'E_TASK_OUTPUT' : 'E_TASK', error)
    return ['failed', call, startedAt, monotonicNow() - startedAt, info]
  }
}

/** Told to nobody: the row is cancelled. */
function heldTask(): ErrorInfo {
  const error = new LlmobsExpError('E_USER_CODE_ENDED', 'the experiment was ended before its task was begun')
  return toErrorInfo('E_USER_CODE_ENDED', error)
}

function isPrimitive(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

/** Whatever was thrown may be a proxy that throws in turn. */
function isUnkeepable(error: unknown): boolean {
  try {
    return error instanceof UnkeepableValueError
  } catch {
    return false
  }
}
