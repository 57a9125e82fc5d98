import assert from 'node:assert/strict'
import type { Plan } from '../../src/engine/plan.ts'
import type { RunEvent } from '../../src/model/events.ts'

type Of<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>

/** What holds of every stream of events, complete or not: numbering, order, nothing twice. */
export function checkOrder(events: readonly RunEvent[], plan: Pick<Plan, 'evaluators' | 'firstSeq'>): void {
  const started = new Set<number>()
  const finishedRuns = new Set<number>()
  const records = new Set<string>()
  const tasks = new Map<string, Of<'task-finished'>>()
  const evaluations = new Map<string, Set<string>>()
  const rows = new Set<string>()
  for (const [index, event] of events.entries()) {
    assert.equal(event.seq, plan.firstSeq + index, 'events are numbered without gaps')
    assert.equal(event.type === 'experiment-started', index === 0, 'experiment-started comes first, and once')
    if (event.type === 'run-started') {
      assert.ok(!started.has(event.iteration), `run ${event.iteration} is started once`)
      started.add(event.iteration)
    } else if (event.type === 'record') {
      assert.ok(started.has(1), 'a record comes after the start of the first run')
      assert.ok(!records.has(event.key), `record ${event.key} stands once`)
      records.add(event.key)
    } else if (event.type === 'run-finished') {
      assert.ok(started.has(event.iteration) && !finishedRuns.has(event.iteration), 'a run is finished once')
      finishedRuns.add(event.iteration)
    }
    if (event.type !== 'task-finished' && event.type !== 'evaluation-finished' && event.type !== 'row-finished')
      continue
    const unit = `${event.iteration}/${event.key}`
    assert.ok(started.has(event.iteration), `${unit} comes after the start of its run`)
    assert.ok(!finishedRuns.has(event.iteration), `${unit} comes before the end of its run`)
    assert.ok(records.has(event.key), `${unit} comes after its record`)
    assert.ok(!rows.has(unit), `nothing comes after the end of ${unit}`)
    const judged = evaluations.get(unit) ?? new Set()
    evaluations.set(unit, judged)
    if (event.type === 'task-finished') {
      assert.ok(!tasks.has(unit), `the task of ${unit} ends once`)
      tasks.set(unit, event)
    } else if (event.type === 'evaluation-finished') {
      assert.ok(tasks.has(unit), `an evaluation of ${unit} comes after its task`)
      assert.ok(!judged.has(event.evaluator), `evaluator ${event.evaluator} judges ${unit} once`)
      judged.add(event.evaluator)
    } else checkRow(event, { task: tasks.get(unit), judged, plan, rows })
  }
}

interface RowSoFar {
  readonly task: Of<'task-finished'> | undefined
  readonly judged: ReadonlySet<string>
  readonly plan: Pick<Plan, 'evaluators'>
  readonly rows: Set<string>
}

function checkRow(event: Of<'row-finished'>, { task, judged, plan, rows }: RowSoFar): void {
  const unit = `${event.iteration}/${event.key}`
  rows.add(unit)
  if (event.status === 'cancelled') {
    assert.equal(task, undefined, `the task of the cancelled ${unit} has no end`)
    return
  }
  assert.equal(task?.status, event.status, `${unit} has the status of its task`)
  assert.deepEqual([...judged].sort(), [...plan.evaluators].sort(), `all evaluators of ${unit} ended before it`)
}

/** What holds beside that once every unit has ended. */
export function checkComplete(
  events: readonly RunEvent[],
  plan: Pick<Plan, 'runs' | 'evaluators' | 'firstSeq'>,
  keys: readonly string[],
): void {
  checkOrder(events, plan)
  const ended = events.flatMap((event) => (event.type === 'row-finished' ? [`${event.iteration}/${event.key}`] : []))
  const wanted = Array.from({ length: plan.runs }, (_, run) => keys.map((key) => `${run + 1}/${key}`)).flat()
  assert.deepEqual([...ended].sort(), wanted.sort(), 'every unit ends exactly once')
  const finished = events.flatMap((event) => (event.type === 'run-finished' ? [event.iteration] : []))
  const runs = Array.from({ length: plan.runs }, (_, run) => run + 1)
  assert.deepEqual(finished.sort(), runs, 'every run is finished')
  const read = events.flatMap((event) => (event.type === 'record' ? [event.key] : []))
  assert.deepEqual(read, keys, 'records stand in the order of the dataset')
}
