import type { ItemTime, PushItem, RunRef, Session, WriteResult } from '../../model/backend.ts'
import type { Clock } from '../../model/ports.ts'
import type { LoggedRun } from '../../model/push.ts'
import type { Row } from '../../model/row.ts'
import { deliver, StaleItemsError } from './deliver.ts'
import { eachOf } from './each-of.ts'
import type { Gate } from './gate.ts'
import { isTooOld, restampAround, timeOf } from './item-times.ts'
import type { Ledger } from './ledger.ts'
import { type PackedItem, type Parcel, packParcels } from './parcel.ts'
import { type Dating, itemsOfRow, itemsOfRun } from './push-items.ts'
import { safeLine } from './reasons.ts'

/** Parcels that are being delivered at once; a third is being packed. */
const WIDTH = 2
/** However little a backend takes at once: below, there are too many requests. */
const SMALLEST_PARCEL = 16 * 1024
const TOO_LARGE = 'it is too large, however much of it is cut away'

export interface SenderOptions {
  readonly session: Session
  readonly ledger: Ledger
  readonly gate: Gate
  readonly clock: Clock
  /** Whether items that are too old get new times; otherwise they are left. */
  readonly restamp: boolean
  readonly signal: AbortSignal
  /** Something has been settled. */
  readonly onProgress: () => void
}

/** Sends what has not been settled of one experiment that is open at a backend. */
export class Sender {
  readonly #options: SenderOptions
  #bytes: number
  #tooOld = 0

  constructor(options: SenderOptions) {
    this.#options = options
    this.#bytes = options.session.limits.bytes
  }

  /** How many items were left because of their age. */
  get tooOld(): number {
    return this.#tooOld
  }

  /** @throws what ends the push of this experiment */
  async send(logged: LoggedRun, rows: AsyncIterable<Row>): Promise<void> {
    const { session, ledger } = this.#options
    const run = { iteration: logged.iteration, runId: logged.runId }
    const parcels = packParcels(this.#itemsOf(logged, run, rows), {
      run,
      encoder: session,
      limits: session.limits,
      bytes: () => this.#bytes,
      onEmpty: ({ seq }) => ledger.pass(seq),
      onTooLarge: ({ seq }) => this.#reject(seq, TOO_LARGE),
    })
    await eachOf(parcels, WIDTH, (parcel) => this.#deliver(parcel))
    ledger.endRun(run)
  }

  async *#itemsOf(logged: LoggedRun, run: RunRef, rows: AsyncIterable<Row>): AsyncGenerator<readonly PushItem[], void> {
    const date: Dating = (seq, at) => this.#date(seq, at)
    for await (const row of rows) {
      this.#options.signal.throwIfAborted()
      yield itemsOfRow(row, run, date)
    }
    yield itemsOfRun(logged, run, date)
  }

  #date(seq: number, at: number): ItemTime | undefined {
    const { ledger, clock, restamp } = this.#options
    if (ledger.isSettled(seq)) return undefined
    const now = clock.now()
    const time = timeOf(at, ledger.restamps)
    if (!isTooOld(time, now)) return time
    if (!restamp) {
      this.#tooOld++
      return undefined
    }
    ledger.restamp(restampAround(at, now, ledger.restamps))
    return timeOf(at, ledger.restamps)
  }

  #deliver(parcel: Parcel): Promise<void> {
    const { session, ledger, clock, onProgress } = this.#options
    return deliver(parcel, {
      encoder: session,
      send: (items) => this.#request(parcel, items),
      accepted(items) {
        ledger.accept(parcel.run, items)
        onProgress()
      },
      rejected: ({ item }, reason) => this.#reject(item.seq, reason),
      isStale: ({ item }) => isTooOld(item.time, clock.now()),
      left: (items) => {
        this.#tooOld += items.length
      },
      tooLarge: (bytes) => {
        this.#bytes = Math.max(Math.min(this.#bytes, Math.floor(bytes / 2)), SMALLEST_PARCEL)
      },
    })
  }

  #request({ run }: Parcel, items: readonly PackedItem[]): Promise<WriteResult> {
    const { session, gate, clock, signal } = this.#options
    const batch = { ...run, items: items.map(({ encoded }) => encoded) }
    return gate.send(
      async (during) => {
        // It may have waited for hours until the backend could be asked.
        if (items.some(({ item }) => isTooOld(item.time, clock.now()))) throw new StaleItemsError()
        return session.write(batch, during)
      },
      { signal },
    )
  }

  #reject(seq: number, reason: string): void {
    this.#options.ledger.reject(seq, safeLine(reason))
    this.#options.onProgress()
  }
}
