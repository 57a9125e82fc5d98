import type { Batch, WriteResult } from '../../model/backend.ts'
import { readErrorText, readList, readText } from './reply.ts'

type Rejected = WriteResult['rejected'][number]

/**
 * Which items of a batch an answer rejects while it takes the others. Undefined where it rejects something and does not say what: then
 * nothing can be taken for accepted.
 */
export function findRejected(
  batch: Batch,
  body: unknown,
  safeText: (text: string) => string,
): readonly Rejected[] | undefined {
  const rejected = new Map<number, string>()
  for (const error of readList(body, 'errors')) {
    const index = findItem(batch, error)
    if (index === undefined) return undefined
    if (!rejected.has(index)) rejected.set(index, safeText(readErrorText(error) ?? 'rejected without a reason'))
  }
  return Array.from(rejected, ([index, reason]) => ({ index, reason }))
}

/** By the place in the request that the error points to, or by the one id of a span that it tells. */
function findItem({ items }: Batch, error: unknown): number | undefined {
  const [, kind, digits] = /\/(spans|metrics)\/(\d+)(?:\/|$)/.exec(readText(error, 'source', 'pointer') ?? '') ?? []
  if (kind !== undefined && digits !== undefined)
    return itemAt(items, kind === 'spans' ? 'spans' : 'metrics', Number(digits))
  const spanId = readText(error, 'span_id') ?? readText(error, 'meta', 'span_id')
  if (spanId === undefined || spanId === '') return undefined
  const named = `"span_id":${JSON.stringify(spanId)}`
  const candidates = items.flatMap(({ spans, metrics }, index) =>
    [...spans, ...metrics].some((text) => text.includes(named)) ? [index] : [],
  )
  return candidates.length === 1 ? candidates[0] : undefined
}

/** The item that a span or metric of the request came from. */
function itemAt(items: Batch['items'], kind: 'spans' | 'metrics', position: number): number | undefined {
  let left = position
  for (const [index, item] of items.entries()) {
    if (left < item[kind].length) return index
    left -= item[kind].length
  }
  return undefined
}
