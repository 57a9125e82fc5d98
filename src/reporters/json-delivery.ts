import type { Delivery } from '../model/backend.ts'

export interface JsonDelivery {
  status: Delivery['status']
  backend: string
  /** Where the backend is: `datadoghq.com`. */
  place: string
  /** Where people look at it; null when it was never made there. */
  link: string | null
  spans: number
  metrics: number
  /** Events that were not accepted yet. */
  pending: number
  /** Events that will never be. */
  rejected: number
  /** Why not everything was accepted; null when it was. */
  reason: string | null
}

export function deliveryOf(delivery: Delivery): JsonDelivery {
  const { status, backend, place, link = null, spans, metrics } = delivery
  const rest = status === 'delivered' ? { pending: 0, rejected: 0, reason: null } : delivery
  const { pending, rejected, reason } = rest
  return { status, backend, place, link, spans, metrics, pending, rejected, reason }
}
