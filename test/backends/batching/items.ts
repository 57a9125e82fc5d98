import type { PackedItem } from '../../../src/backends/batching/parcel.ts'
import type { EncodedItem, PushItem } from '../../../src/model/backend.ts'
import { fakeRow } from '../../helpers/fake-view.ts'

export const run = { iteration: 1, runId: 'c9f0f895-fb98-4b91-9d47-000000000001' }

/** An item of the log; its text is what its record's key says. */
export function pushItem(seq: number, key = `k-${seq}`): PushItem {
  return { kind: 'row', seq, run, time: { at: 1_795_000_000_000 }, row: fakeRow({ key, seq }) }
}

/** One span that is as long as its key. */
export function encodeKey(item: PushItem, cut: number): EncodedItem | undefined {
  const text = item.kind === 'row' ? item.row.key : ''
  const left = text.length >> cut
  if (text === '' || (cut > 0 && left < 8)) return undefined
  return { seq: item.seq, spans: [text.slice(0, left)], metrics: [] }
}

export function packed(seq: number, key?: string): PackedItem {
  const item = pushItem(seq, key)
  const encoded = encodeKey(item, 0) ?? { seq, spans: [], metrics: [] }
  return { item, encoded, cut: 0, bytes: 1 + (encoded.spans[0]?.length ?? 0) }
}
