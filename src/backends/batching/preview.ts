import type { Backend, PushItem } from '../../model/backend.ts'
import type { PushSource } from '../../model/push.ts'
import { isTooOld, timeOf } from './item-times.ts'
import { Ledger } from './ledger.ts'
import { type Dating, itemsOfRow, itemsOfRun } from './push-items.ts'
import { RunRows } from './run-rows.ts'

/** What a push of an experiment would send by now. */
export interface PushPreview {
  /** Events of the log that were neither accepted nor set aside. */
  readonly events: number
  readonly spans: number
  readonly metrics: number
  /** Those among the events that the backend would not take for their age. */
  readonly tooOld: number
  /** Where people look at it; absent where it was never opened there. */
  readonly link?: string
}

/** Looks at the log and at what became of it, and asks the backend nothing. */
export async function previewPush(
  source: PushSource,
  backend: Pick<Backend, 'name' | 'place'>,
  now: number,
): Promise<PushPreview> {
  const ledger = await Ledger.read(source.log, backend)
  const count = { events: 0, spans: 0, metrics: 0, tooOld: 0 }
  const date: Dating = (seq, at) => (ledger.isSettled(seq) ? undefined : timeOf(at, ledger.restamps))
  const add = (item: PushItem): void => {
    count.events++
    if (item.kind === 'row') count.spans++
    else count.metrics += metricsOf(item)
    if (isTooOld(item.time, now)) count.tooOld++
  }
  for (const run of (await source.progress()).runs) {
    const rows = new RunRows(source.follow(run.iteration))
    for await (const row of rows.take(() => true)) for (const item of itemsOfRow(row, run, date)) add(item)
    for (const item of itemsOfRun(run, run, date)) add(item)
    await rows.close()
  }
  return { ...count, ...(ledger.opened === undefined ? {} : { link: ledger.opened.link }) }
}

function metricsOf(item: Exclude<PushItem, { readonly kind: 'row' }>): number {
  if (item.kind === 'summary') return item.summaries.length
  return item.evaluation.status === 'ok' ? item.evaluation.evaluations.length : 1
}
