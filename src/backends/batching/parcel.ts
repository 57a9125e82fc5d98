import type { BatchLimits, EncodedItem, PushItem, RunRef, Session } from '../../model/backend.ts'

/** An item, and what it was made into. */
export interface PackedItem {
  readonly item: PushItem
  readonly encoded: EncodedItem
  /** How much was cut away. */
  readonly cut: number
  /** Of what goes over the wire. */
  readonly bytes: number
}

/** Items of one run that are sent together. */
export interface Parcel {
  readonly run: RunRef
  readonly items: readonly PackedItem[]
}

export type Encoder = Pick<Session, 'encode'>

/** Undefined where there is nothing to send, or nothing left to cut. */
function packItem(item: PushItem, cut: number, { encode }: Encoder): PackedItem | undefined {
  const encoded = encode(item, cut)
  return encoded === undefined ? undefined : { item, encoded, cut, bytes: bytesOf(encoded) }
}

/** The same item, cut until it is smaller than so many bytes; undefined when it never will be. */
export function shrinkItem({ item, cut }: PackedItem, bytes: number, encoder: Encoder): PackedItem | undefined {
  for (let step = cut + 1; ; step++) {
    const packed = packItem(item, step, encoder)
    if (packed === undefined || packed.bytes < bytes) return packed
  }
}

/** One for what stands between it and the next. */
function bytesOf({ spans, metrics }: EncodedItem): number {
  let bytes = 0
  for (const text of spans) bytes += Buffer.byteLength(text) + 1
  for (const text of metrics) bytes += Buffer.byteLength(text) + 1
  return bytes
}

export interface PackOptions {
  readonly run: RunRef
  readonly encoder: Encoder
  readonly limits: BatchLimits
  /** How large parcels of several items may be by now. */
  readonly bytes: () => number
  /** An item of which nothing is to be sent. */
  readonly onEmpty: (item: PushItem) => void
  /** An item that is too large however much of it is cut away. */
  readonly onTooLarge: (item: PushItem) => void
}

/** Packs the items of one run, in their order, into parcels within the limits. Holds one parcel. */
export async function* packParcels(
  items: AsyncIterable<readonly PushItem[]>,
  options: PackOptions,
): AsyncGenerator<Parcel, void> {
  const { run, limits, bytes } = options
  let filling = createFilling(limits, bytes())
  for await (const some of items) {
    for (const item of some) {
      const packed = pack(item, options)
      if (packed === undefined) continue
      if (!filling.takes(packed)) {
        yield { run, items: filling.items }
        filling = createFilling(limits, bytes())
      }
      filling.add(packed)
    }
  }
  if (filling.items.length > 0) yield { run, items: filling.items }
}

function pack(item: PushItem, { encoder, limits, onEmpty, onTooLarge }: PackOptions): PackedItem | undefined {
  const packed = packItem(item, 0, encoder)
  if (packed === undefined) {
    onEmpty(item)
    return undefined
  }
  const trimmed = packed.bytes <= limits.bytes ? packed : shrinkItem(packed, limits.bytes + 1, encoder)
  if (trimmed === undefined) onTooLarge(item)
  return trimmed
}

function createFilling(limits: BatchLimits, mostBytes: number) {
  const items: PackedItem[] = []
  let bytes = 0
  let spans = 0
  let metrics = 0
  return {
    items,
    /** Also what is too much by its count: it can be sent alone only. */
    takes({ encoded, bytes: more }: PackedItem): boolean {
      if (items.length === 0) return true
      if (bytes + more > mostBytes || spans + encoded.spans.length > limits.spans) return false
      return metrics + encoded.metrics.length <= limits.metrics
    },
    add(packed: PackedItem): void {
      items.push(packed)
      bytes += packed.bytes
      spans += packed.encoded.spans.length
      metrics += packed.encoded.metrics.length
    },
  }
}
