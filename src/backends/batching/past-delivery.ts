import type { Delivery } from '../../model/backend.ts'
import type { PushLog, PushSource } from '../../model/push.ts'
import { Ledger } from './ledger.ts'

/** Where an experiment was pushed last, and what is known of that. */
interface PastPush {
  readonly backend: string
  readonly place: string
  readonly link: string
  readonly ledger: Ledger
}

/** Whether an experiment was pushed: `partly` also where some of it will never be accepted. Looks at nothing but the push log. */
export async function readPushed(log: PushLog): Promise<'yes' | 'partly' | 'no'> {
  const past = await readPast(log)
  if (past === undefined) return 'no'
  return past.ledger.isClosed && past.ledger.rejected === 0 ? 'yes' : 'partly'
}

/** What became of an experiment where it was pushed last; undefined where it never was. */
export async function readPastDelivery(source: Pick<PushSource, 'log' | 'progress'>): Promise<Delivery | undefined> {
  const past = await readPast(source.log)
  if (past === undefined) return undefined
  const { ledger, ...about } = past
  const progress = await source.progress()
  const { lastSeq } = progress
  const { rejected } = ledger
  const pending = ledger.isClosedAt(lastSeq) ? 0 : ledger.unsettled(progress)
  const said = ledger.firstReason === undefined ? [] : [`rejected: ${ledger.firstReason}`]
  if (ledger.isClosedAt(lastSeq) && rejected === 0) return { status: 'delivered', ...about, ...ledger.sent }
  const reason = [...(ledger.isClosedAt(lastSeq) ? [] : ['it was not pushed to its end']), ...said].join('; ')
  return { status: 'undelivered', ...about, ...ledger.sent, pending, rejected, reason }
}

async function readPast(log: PushLog): Promise<PastPush | undefined> {
  let last: Omit<PastPush, 'ledger'> | undefined
  for await (const entry of log.entries()) {
    if (entry.type === 'opened') last = { backend: entry.backend, place: entry.place, link: entry.link }
  }
  if (last === undefined) return undefined
  return { ...last, ledger: await Ledger.read(log, { name: last.backend, place: last.place }) }
}
