import { setFlagsFromString } from 'node:v8'
import type { RunOptions } from '../config/options.ts'
import type { Multiplexer } from '../reporters/multiplexer.ts'
import type { Deliverer } from '../session/deliverer.ts'
import { type EndedGroup, type GroupMember, runGroup } from '../session/run-group.ts'
import type { CommandContext } from './command-context.ts'
import type { Ending } from './ending.ts'

// Large outputs live just long enough to be taken for old; with its own growth factor V8 keeps three times as many of them.
const HEAP_GROWTH = '--heap-growing-percent=75'

const IN_PROCESS =
  '--threads 0: user code runs in the process of llmobs-exp; code that blocks also keeps back timeouts and Ctrl-C'

export interface MembersRun {
  readonly members: readonly GroupMember[]
  readonly ending: Ending
  readonly reporters: Multiplexer
  readonly deliverer: Deliverer | undefined
  readonly options: Pick<RunOptions, 'allowUndelivered' | 'maxTime' | 'threads'>
}

/** Runs what has its place in the store, and has reporters finish. */
export async function runMembers(run: MembersRun, context: CommandContext): Promise<EndedGroup> {
  const { members, ending, reporters, deliverer, options } = run
  const { allowUndelivered, maxTime, threads } = options
  if (threads === 0) reporters.note(IN_PROCESS)
  ending.begin()
  // Not before: with other flags than at its start Node compiles what it loads of itself anew, such as all of a thread.
  setFlagsFromString(HEAP_GROWTH)
  const outcome = await runGroup(members, {
    ...context,
    stop: ending.stop,
    tell: reporters.event,
    mask: context.secrets.mask,
    allowUndelivered,
    ...(maxTime === undefined ? {} : { maxTime }),
    ...(deliverer === undefined ? {} : { deliverer }),
  })
  await reporters.finish(outcome)
  return outcome
}
