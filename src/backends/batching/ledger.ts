import type { Backend, RunRef, Session } from '../../model/backend.ts'
import type { Outcome } from '../../model/outcome.ts'
import type { PushEntry, PushLog } from '../../model/push.ts'
import type { Restamp } from './item-times.ts'
import type { PackedItem } from './parcel.ts'
import { safeLine } from './reasons.ts'
import { rangesOf, SeqRanges } from './seq-ranges.ts'

type Opened = Pick<Session, 'reference' | 'link'>

/** What has become of an experiment's events at one place: what its push log says of it, and says on. */
export class Ledger {
  readonly #log: PushLog
  readonly #backend: Pick<Backend, 'name' | 'place'>
  readonly #settled = new SeqRanges()
  readonly #restamps: Restamp[] = []
  /** Whether what stands in the log from here on is about this place. */
  #isHere = false
  /** Events of which there is nothing to send, up to the next entry, which names them too. */
  readonly #empty: number[] = []
  #opened: Opened | undefined
  #rejected = 0
  /** What the backend said of records of the dataset, which each of these names. */
  readonly #rejectedRecords = new Set<string>()
  #firstReason: string | undefined
  #spans = 0
  #metrics = 0
  #closedAt: number | undefined

  private constructor(log: PushLog, backend: Pick<Backend, 'name' | 'place'>) {
    this.#log = log
    this.#backend = backend
  }

  static async read(log: PushLog, backend: Pick<Backend, 'name' | 'place'>): Promise<Ledger> {
    const ledger = new Ledger(log, backend)
    for await (const entry of log.entries()) ledger.#apply(entry)
    return ledger
  }

  get opened(): Opened | undefined {
    return this.#opened
  }

  get restamps(): readonly Restamp[] {
    return this.#restamps
  }

  /** How many events have been accepted or set aside. */
  get settled(): number {
    return this.#settled.size
  }

  get accepted(): number {
    return this.#settled.size - this.#rejected
  }

  /** Events, and records of the dataset, that will never be accepted. */
  get rejected(): number {
    return this.#rejected + this.#rejectedRecords.size
  }

  /** What the backend said of the first event that it rejected. */
  get firstReason(): string | undefined {
    return this.#firstReason
  }

  get sent(): { readonly spans: number; readonly metrics: number } {
    return { spans: this.#spans, metrics: this.#metrics }
  }

  isSettled(seq: number): boolean {
    return this.#settled.has(seq)
  }

  /** Whether nothing was left to do at some time. */
  get isClosed(): boolean {
    return this.#closedAt !== undefined
  }

  /** Whether nothing was left to do when the log ended here. */
  isClosedAt(lastSeq: number): boolean {
    return this.#closedAt === lastSeq
  }

  open({ reference, link, problems = [] }: Session): void {
    const { name: backend, place } = this.#backend
    const isKnown = this.#isHere && this.#opened?.reference === reference && this.#opened.link === link
    if (!isKnown) this.#write({ type: 'opened', backend, place, reference, link }, { isDurable: true })
    for (const reason of problems.map(safeLine)) {
      if (!this.#rejectedRecords.has(reason)) this.#write({ type: 'record-rejected', reason })
    }
  }

  accept({ iteration }: RunRef, items: readonly PackedItem[]): void {
    let spans = 0
    let metrics = 0
    for (const { encoded } of items) {
      spans += encoded.spans.length
      metrics += encoded.metrics.length
    }
    const ranges = rangesOf([...items.map(({ item }) => item.seq), ...this.#empty.splice(0)])
    this.#write({ type: 'accepted', iteration, ranges, spans, metrics })
  }

  reject(seq: number, reason: string): void {
    this.#write({ type: 'rejected', seq, reason })
  }

  /** There is nothing to send of it. */
  pass(seq: number): void {
    this.#empty.push(seq)
  }

  /** Nothing more comes of this run for now. */
  endRun(run: RunRef): void {
    if (this.#empty.length > 0) this.accept(run, [])
  }

  restamp(restamp: Restamp): void {
    this.#write({ type: 'restamped', ...restamp }, { isDurable: true })
  }

  close(status: Outcome['status'], lastSeq: number): void {
    this.#write({ type: 'closed', status, lastSeq })
  }

  #write(entry: PushEntry, options?: { readonly isDurable: boolean }): void {
    this.#log.append(entry, options)
    this.#apply(entry)
  }

  #apply(entry: PushEntry): void {
    if (entry.type === 'opened') {
      this.#isHere = entry.backend === this.#backend.name && entry.place === this.#backend.place
      if (this.#isHere) this.#opened = { reference: entry.reference, link: entry.link }
    } else if (this.#isHere) this.#applyHere(entry)
  }

  #applyHere(entry: Exclude<PushEntry, { readonly type: 'opened' }>): void {
    switch (entry.type) {
      case 'accepted':
        for (const range of entry.ranges) this.#settled.add(range)
        this.#spans += entry.spans
        this.#metrics += entry.metrics
        return
      case 'rejected':
        this.#settled.add([entry.seq, entry.seq])
        this.#rejected++
        this.#firstReason ??= entry.reason
        return
      case 'record-rejected':
        this.#rejectedRecords.add(entry.reason)
        this.#firstReason ??= entry.reason
        return
      case 'restamped':
        this.#restamps.push({ from: entry.from, to: entry.to, offset: entry.offset })
        return
      case 'closed':
        this.#closedAt = entry.lastSeq
    }
  }
}
