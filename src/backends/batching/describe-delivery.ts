import type { Backend, Delivery } from '../../model/backend.ts'
import { isOld } from './item-times.ts'
import type { Ledger } from './ledger.ts'

export interface DeliveryParts {
  readonly backend: Pick<Backend, 'name' | 'place'>
  readonly ledger: Ledger
  /** Events that were neither accepted nor rejected. */
  readonly pending: number
  /** Those among them that the backend would not take any more. */
  readonly tooOld: number
  /** What ended the push, in a line. */
  readonly failure: string | undefined
  /** When the experiment began, and now: epoch milliseconds. */
  readonly startedAt: number
  readonly now: number
}

export function describeDelivery(parts: DeliveryParts): Delivery {
  const { ledger, pending, failure } = parts
  const { name, place } = parts.backend
  const link = ledger.opened?.link
  const delivered = { backend: name, place, ...ledger.sent }
  const isDelivered = failure === undefined && pending + ledger.rejected === 0
  if (isDelivered && link !== undefined) return { status: 'delivered', link, ...delivered }
  const reason = explain(parts)
  const where = link === undefined ? {} : { link }
  return { status: 'undelivered', ...where, pending, rejected: ledger.rejected, reason, ...delivered }
}

function explain({ backend, ledger, pending, tooOld, failure, startedAt, now }: DeliveryParts): string {
  const reasons: string[] = []
  if (failure !== undefined) reasons.push(failure)
  const unread = pending - tooOld
  if (failure === undefined && unread > 0) reasons.push(`${count(unread)} damaged in the log`)
  if (tooOld > 0) {
    reasons.push(
      `${count(tooOld)} older than 24 hours, which ${backend.place} refuses: --restamp sends them with new times`,
    )
  } else if (pending > 0 && isOld(startedAt, now)) {
    reasons.push(`it began ${hours(now - startedAt)} hours ago, and ${backend.place} refuses what is older than 24`)
  }
  if (ledger.rejected > 0) reasons.push(`${ledger.rejected} rejected by ${backend.place}: ${ledger.firstReason}`)
  return reasons.join('; ')
}

function count(events: number): string {
  return events === 1 ? '1 event is' : `${events} events are`
}

function hours(milliseconds: number): number {
  return Math.floor(milliseconds / 3_600_000)
}
