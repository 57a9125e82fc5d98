import { setTimeout } from 'node:timers/promises'
import type { GivenFlags, ResolvedOptions } from '../config/resolve.ts'
import type { FileListener } from '../load/used-files.ts'
import { LlmobsExpError } from '../model/errors.ts'
import type { EndReason, Signal } from '../model/outcome.ts'
import type { EndedGroup } from '../session/run-group.ts'
import type { CommandContext } from './command-context.ts'
import { createEnding } from './ending.ts'
import { exitCodeOf } from './exit-code.ts'
import { reportError } from './report-error.ts'
import { runCycle } from './run-cycle.ts'
import { startOptions } from './settings.ts'
import type { RecordChoice } from './watch-memory.ts'

/** One run of many. */
export interface Turn {
  readonly patterns: readonly string[]
  readonly flags: GivenFlags
  /** Whether none came before it: what is wrong with the command line itself ends the command then. */
  readonly isFirst: boolean
  /** Takes only these records, and experiments that have any. */
  readonly records?: RecordChoice
  readonly onFiles: FileListener
  /** Told of files that have a say, or would have one if they were there, before they are read. */
  readonly usePlaces: (paths: readonly string[]) => void
  readonly onReady: (options: ResolvedOptions) => void
  /** Is given what ends the turn when it is out of date. What it returns is called when nothing can end it any more. */
  readonly interruptible: (outdate: (message: string) => void) => () => void
  /** Called before the process kills itself. */
  readonly beforeDeath: () => void
}

/** What came of it. Whatever is to be said of that has been said. */
export type TurnEnd =
  /** The experiments have ended, as they may. */
  | { readonly status: 'ended'; readonly exitCode: number; readonly group: EndedGroup }
  /** It was not begun, for an error. */
  | { readonly status: 'failed'; readonly exitCode: number }
  | {
      readonly status: 'out-of-date'
      readonly exitCode: number
      readonly message: string
      readonly isPrepared: boolean
    }
  | { readonly status: 'signal'; readonly exitCode: number; readonly signal: Signal }

/** Milliseconds for threads to end. One in a call that cannot be interrupted must not keep the next run waiting. */
const CLOSE_TIME = 1_000

/** @throws what no edit of a file could make good */
export async function runTurn(turn: Turn, context: CommandContext): Promise<TurnEnd> {
  const ending = createEnding(turn.beforeDeath)
  const release = turn.interruptible(ending.outdate)
  let isReady = !turn.isFirst
  const onReady = (options: ResolvedOptions): void => {
    turn.onReady(options)
    isReady = true
  }
  try {
    const settings = startOptions(turn.flags, context)
    turn.usePlaces(settings.places)
    return describeEnd(await runCycle({ ...turn, settings, ending, onReady, isRepeated: !turn.isFirst }, context))
  } catch (error) {
    const early = endBefore(ending.stop.reason)
    if (early?.status === 'out-of-date') return early
    if (!isReady || !(error instanceof LlmobsExpError)) throw error
    await reportError(error, context)
    return early ?? { status: 'failed', exitCode: exitCodeOf(error) }
  } finally {
    release()
    await Promise.race([ending.close(), setTimeout(CLOSE_TIME, undefined, { ref: false })])
  }
}

function describeEnd(group: EndedGroup): TurnEnd {
  const { exitCode, end } = group
  if (end?.kind === 'signal') return { status: 'signal', exitCode, signal: end.signal }
  if (end?.kind === 'out-of-date') return { status: 'out-of-date', exitCode, message: end.message, isPrepared: true }
  return { status: 'ended', exitCode, group }
}

/** The end of what was never begun. */
function endBefore(reason: EndReason | undefined): TurnEnd | undefined {
  if (reason?.kind === 'signal') return { status: 'signal', exitCode: 2, signal: reason.signal }
  if (reason?.kind !== 'out-of-date') return undefined
  return { status: 'out-of-date', exitCode: 2, message: reason.message, isPrepared: false }
}
