import { toErrorInfo } from '../model/error-info.ts'
import type { Problem, RunEvent } from '../model/events.ts'
import type { ConsoleChunk, ExperimentView, GroupOutcome, Reporter } from '../model/ports.ts'

const MAX_PENDING = 1000

/** All reporters as one that never throws and never makes the run wait. */
export interface Multiplexer {
  event(event: RunEvent, view: ExperimentView): void
  console(chunk: ConsoleChunk): void
  problem(problem: Problem): void
  note(text: string): void
  /** Waits for what reporters still do, then lets them finish one after another in their order. */
  finish(outcome: GroupOutcome): Promise<void>
  /** Failures of reporters so far. */
  problems(): readonly Problem[]
}

interface Member {
  readonly reporter: Reporter
  readonly pending: Set<Promise<void>>
}

/**
 * Tells several reporters the same. One that throws, rejects or falls more than 1,000 promises behind is left out from there on,
 * and the others are told so.
 */
export function createMultiplexer(reporters: readonly Reporter[]): Multiplexer {
  let members: readonly Member[] = reporters.map((reporter) => ({ reporter, pending: new Set() }))
  const problems: Problem[] = []

  const leaveOut = (member: Member, thrown: unknown) => {
    if (!members.includes(member)) return
    members = members.filter((other) => other !== member)
    const { message } = toErrorInfo('E_REPORTER', thrown)
    const problem = failure(member.reporter, message)
    problems.push(problem)
    tellProblem(problem)
  }
  const track = (member: Member, promise: Promise<void>) => {
    if (member.pending.size >= MAX_PENDING) return leaveOut(member, new Error('it does not keep up with the run'))
    const settled = promise.then(undefined, (thrown: unknown) => leaveOut(member, thrown))
    member.pending.add(settled)
    settled.then(() => member.pending.delete(settled))
  }
  const tell = (member: Member, call: () => unknown) => {
    try {
      const result = call()
      if (isThenable(result)) track(member, Promise.resolve(result).then(ignore))
    } catch (thrown) {
      leaveOut(member, thrown)
    }
  }
  const tellProblem = (problem: Problem) => {
    for (const member of members) tell(member, () => member.reporter.problem?.(problem))
  }

  return {
    event(event, view) {
      for (const member of members) {
        // Without `tell`: this is called for every event of every row.
        try {
          const result = member.reporter.event?.(event, view)
          if (result !== undefined) track(member, result)
        } catch (thrown) {
          leaveOut(member, thrown)
        }
      }
    },
    console(chunk) {
      for (const member of members) tell(member, () => member.reporter.console?.(chunk))
    },
    problem: tellProblem,
    note(text) {
      for (const member of members) tell(member, () => member.reporter.note?.(text))
    },
    async finish(outcome) {
      for (const member of [...members]) {
        await Promise.all(member.pending)
        if (!members.includes(member)) continue
        await finishOne(member, outcome).catch((thrown: unknown) => leaveOut(member, thrown))
      }
    },
    problems: () => problems,
  }
}

async function finishOne({ reporter }: Member, outcome: GroupOutcome): Promise<void> {
  await reporter.finish?.(outcome)
}

function failure({ name }: Reporter, message: string): Problem {
  return {
    type: 'problem',
    severity: 'error',
    code: 'E_REPORTER',
    message: `reporter ${name} failed and is left out from here on: ${message}`,
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

function ignore(): void {}
