import { createSpooler, type PushNews } from '../backends/batching/spooler.ts'
import type { RunOptions } from '../config/options.ts'
import type { StopSwitch } from '../engine/stop.ts'
import type { Backend } from '../model/backend.ts'
import { formatDuration } from '../reporters/format/duration.ts'
import type { Multiplexer } from '../reporters/multiplexer.ts'
import type { Deliverer } from '../session/deliverer.ts'
import type { CommandContext } from './command-context.ts'
import { problemOf } from './push-news.ts'
import { openStoredSource } from './stored-source.ts'
import { wholeDataset } from './whole-dataset.ts'

export interface DelivererTools extends Pick<CommandContext, 'clock' | 'ids'> {
  readonly backend: Backend
  readonly stop: StopSwitch
  readonly options: Pick<RunOptions, 'pushTimeout' | 'restamp'>
  readonly say: Say
  /** Whether people know already that the backend does not answer. */
  readonly isUnreachable: boolean
}

/** What people are told while results are pushed. */
export type Say = Pick<Multiplexer, 'note' | 'problem'>

/** Milliseconds. What a signal leaves for the end of a push, and how long a wait may be before it is told of. */
const LAST_MOMENT = 1_500
const SILENT = 1_000

/** Hands the experiments of a command to a spooler, and waits for it at the end. */
export function createDeliverer(tools: DelivererTools): Deliverer {
  const { backend, clock, ids, stop, options, say } = tools
  const { place } = backend
  let isKnown = tools.isUnreachable
  const tell = (news: PushNews): void => {
    const isRepeated = isKnown && news.kind === 'waiting'
    if (news.kind !== 'progress') isKnown = false
    const problem = isRepeated ? undefined : problemOf(news, place)
    if (problem !== undefined) say.problem(problem)
  }
  const spooler = createSpooler({ backend, clock, ids, restamp: options.restamp, tell })
  return {
    begin: ({ manifest, stored, loaded, check }) =>
      spooler.add(
        openStoredSource({
          files: stored.files,
          manifest,
          clock,
          ...(check === undefined || loaded === undefined
            ? {}
            : { records: wholeDataset({ loaded, check, files: stored.files }) }),
        }),
      ),
    async drain() {
      const cutShort = (): void => void spooler.drain({ timeoutMs: LAST_MOMENT, isHurried: true })
      const giveUp = (): void => void spooler.drain({ timeoutMs: 0, isHurried: true })
      const announce = (): void => {
        if (stop.reason === undefined) say.note(describeWait(place, options.pushTimeout))
      }
      const drained = spooler.drain({ timeoutMs: options.pushTimeout })
      const cancels = [
        stop.onStop(() => isHasty(stop) && cutShort()),
        stop.onHurry(giveUp),
        clock.after(SILENT, announce),
      ]
      return drained.finally(() => {
        for (const cancel of cancels) cancel()
      })
    },
  }
}

/** Whether somebody waits for the end. */
function isHasty({ reason }: StopSwitch): boolean {
  const isAborted = reason?.kind === 'brake' && reason.error.code === 'E_ABORTED'
  return isAborted || reason?.kind === 'signal' || reason?.kind === 'out-of-date'
}

function describeWait(place: string, timeout: number): string {
  return `waiting up to ${formatDuration(timeout)} for what is still to be pushed to ${place}; Ctrl-C ends that, and llmobs-exp push goes on with it`
}
