import { hostname } from 'node:os'
import process from 'node:process'
import type { PushNews, Spooler } from '../backends/batching/spooler.ts'
import { openPushSource } from '../backends/local/push-source.ts'
import type { RunOptions } from '../config/options.ts'
import type { StopSwitch } from '../engine/stop.ts'
import type { RecordItem } from '../model/executor.ts'
import type { Clock } from '../model/ports.ts'
import type { RecordText } from '../model/row.ts'
import { formatDuration } from '../reporters/format/duration.ts'
import type { Deliverer } from '../session/deliverer.ts'
import type { StoredPlan } from '../session/run-group.ts'
import type { Say } from './backend.ts'
import { claimOf } from './lock-owner.ts'

export interface DelivererTools {
  readonly clock: Clock
  readonly stop: StopSwitch
  readonly options: Pick<RunOptions, 'pushTimeout'>
  /** Where the backend is. */
  readonly place: string
  readonly say: Say
}

/** Milliseconds. What a signal leaves for the end of a push, and how long a wait may be before it is told of. */
const LAST_MOMENT = 1_500
const SILENT = 1_000
const BATCH = 100

/** Hands the experiments of a command to the spooler, and waits for it at the end. */
export function createDeliverer(spooler: Spooler, tools: DelivererTools): Deliverer {
  const { clock, stop, options, say, place } = tools
  return {
    begin: ({ manifest, stored, loaded, check }) =>
      spooler.add(
        openPushSource({
          files: stored.files,
          manifest,
          owner: { pid: process.pid, host: hostname() },
          isGone: (lock) => claimOf(lock) === 'none',
          clock,
          ...(check === undefined ? {} : { records: wholeDataset({ loaded, check }) }),
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

/** What a spooler has to say that people should know. */
export function tellPeople({ problem }: Say, place: string): (news: PushNews) => void {
  return (news) => {
    if (news.kind !== 'waiting' && news.kind !== 'refused') return
    const isRefused = news.kind === 'refused'
    problem({
      type: 'problem',
      severity: 'warning',
      code: isRefused ? 'W_BACKEND_REFUSED' : 'W_BACKEND_UNREACHABLE',
      message: `${news.reason}; ${isRefused ? `nothing more is sent to ${place}` : 'it is tried again'}`,
    })
  }
}

/** Whether somebody waits for the end. */
function isHasty({ reason }: StopSwitch): boolean {
  return reason?.kind === 'signal' || reason?.kind === 'out-of-date'
}

function describeWait(place: string, timeout: number): string {
  return `waiting up to ${formatDuration(timeout)} for what is still to be pushed to ${place}; Ctrl-C ends that, and llmobs-exp push goes on with it`
}

/** Read once more beside the run: what was selected is not all, and what the run reads it reads at its own pace. */
function wholeDataset({ loaded, check }: Pick<StoredPlan, 'loaded'> & Required<Pick<StoredPlan, 'check'>>) {
  const { module, info } = loaded
  return {
    // What cannot be read may be there as it was before.
    isWhole: check.invalidCount === 0,
    async *records() {
      for await (const items of module.records(info.ref, BATCH)) yield items.flatMap(toRecord)
    },
  }
}

function toRecord(item: RecordItem): RecordText[] {
  return item.status === 'record' ? [item.record] : []
}
