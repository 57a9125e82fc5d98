import { BackendError, type WriteResult } from '../../model/backend.ts'
import { type Encoder, type PackedItem, type Parcel, shrinkItem } from './parcel.ts'

/** When a backend finds so many items in a row invalid and takes none, it is not the items. */
const MOST_IN_A_ROW = 20

export interface DeliverPorts {
  readonly encoder: Encoder
  /**
   * Makes the request, again and again while that is worth it.
   * @throws BackendError or StaleItemsError
   */
  send(items: readonly PackedItem[]): Promise<WriteResult>
  /** Items that the backend has taken: told at once. */
  accepted(items: readonly PackedItem[]): void
  /** An item that it will never take. */
  rejected(item: PackedItem, reason: string): void
  /** Whether it has become too old while it waited. */
  isStale(item: PackedItem): boolean
  /** Items that have: they stay as they are. */
  left(items: readonly PackedItem[]): void
  /** So many bytes of several items were too large for one request. */
  tooLarge(bytes: number): void
}

/** Some of the items must not be sent any more. */
export class StaleItemsError extends Error {
  override readonly name = 'StaleItemsError'
}

/**
 * Sends a parcel until each of its items has been taken or set aside. What is invalid is looked for by halves, and what is too
 * large is sent in halves, down to single items, of which more and more is cut away.
 *
 * @throws BackendError when the backend takes nothing: what has not been told of is still to be sent
 */
export async function deliver(parcel: Pick<Parcel, 'items'>, ports: DeliverPorts): Promise<void> {
  const delivery = new ParcelDelivery(ports)
  await delivery.send(parcel.items)
  delivery.end()
}

class ParcelDelivery {
  readonly #ports: DeliverPorts
  /** Invalid items, while the backend has taken nothing else: it may be that it takes nothing at all. */
  #doubtful: { readonly item: PackedItem; readonly reason: string }[] = []
  #hasTaken = false
  /** So many bytes together are known to be too many. */
  #tooLarge = Number.POSITIVE_INFINITY

  constructor(ports: DeliverPorts) {
    this.#ports = ports
  }

  /** Whether all of them were taken by one request. */
  async send(items: readonly PackedItem[]): Promise<boolean> {
    try {
      const result = await this.#ports.send(items)
      this.#settle(items, result)
      return result.rejected.length === 0
    } catch (error) {
      if (error instanceof StaleItemsError) await this.#leaveStale(items)
      else if (!(error instanceof BackendError)) throw error
      else if (error.failure.kind === 'invalid') await this.#isolate(items, error)
      else if (error.failure.kind === 'too-large') await this.#divide(items, error)
      else throw error
      return false
    }
  }

  end(): void {
    for (const { item, reason } of this.#doubtful.splice(0)) this.#ports.rejected(item, reason)
  }

  #settle(items: readonly PackedItem[], { rejected }: WriteResult): void {
    this.#hasTaken = true
    this.end()
    const reasons = new Map(rejected.map(({ index, reason }) => [index, reason]))
    const accepted = items.filter((_item, index) => !reasons.has(index))
    if (accepted.length > 0) this.#ports.accepted(accepted)
    for (const [index, item] of items.entries()) {
      const reason = reasons.get(index)
      if (reason !== undefined) this.#ports.rejected(item, reason)
    }
  }

  /** Something in these is invalid. When it is not in the first half, the second is halved without being sent as a whole. */
  async #isolate(items: readonly PackedItem[], error: BackendError): Promise<void> {
    const [only] = items
    if (only === undefined) return
    if (items.length === 1) return this.#doubt(only, error)
    const middle = Math.floor(items.length / 2)
    const second = items.slice(middle)
    const isFirstTaken = await this.send(items.slice(0, middle))
    if (isFirstTaken && second.length > 1) await this.#isolate(second, error)
    else await this.send(second)
  }

  #doubt(item: PackedItem, error: BackendError): void {
    if (this.#hasTaken) return this.#ports.rejected(item, error.message)
    this.#doubtful.push({ item, reason: error.message })
    if (this.#doubtful.length >= MOST_IN_A_ROW) throw error
  }

  async #leaveStale(items: readonly PackedItem[]): Promise<void> {
    const fresh = items.filter((item) => !this.#ports.isStale(item))
    this.#ports.left(items.filter((item) => !fresh.includes(item)))
    if (fresh.length > 0) await this.send(fresh)
  }

  async #divide(items: readonly PackedItem[], error: BackendError): Promise<void> {
    const [only] = items
    if (only === undefined) return
    if (items.length > 1) {
      this.#tooLarge = Math.min(this.#tooLarge, bytesOf(items))
      this.#ports.tooLarge(this.#tooLarge)
      const middle = Math.floor(items.length / 2)
      for (const half of [items.slice(0, middle), items.slice(middle)]) {
        if (half.length > 1 && bytesOf(half) >= this.#tooLarge) await this.#divide(half, error)
        else await this.send(half)
      }
      return
    }
    const smaller = shrinkItem(only, only.bytes, this.#ports.encoder)
    if (smaller === undefined) this.#ports.rejected(only, error.message)
    else await this.send([smaller])
  }
}

function bytesOf(items: readonly PackedItem[]): number {
  return items.reduce((sum, { bytes }) => sum + bytes, 0)
}
