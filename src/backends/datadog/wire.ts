import type { EncodedItem, PushItem } from '../../model/backend.ts'
import type { Json } from '../../model/json.ts'
import { encodeEvaluation, encodeSummaries } from './metric.ts'
import { encodeSpan } from './span.ts'
import type { WireContext, WireNames } from './wire-context.ts'

/** An item as it goes to Datadog; undefined where there is nothing to send of it, or nothing left to take away. */
export function encodeItem(item: PushItem, names: WireNames, cut: number): EncodedItem | undefined {
  const { seq, run, time } = item
  const context: WireContext = { names, run, time, cut }
  if (item.kind === 'row') {
    const span = encodeSpan(item.row, context)
    return span === undefined ? undefined : { seq, spans: [span], metrics: [] }
  }
  const metrics = encodeMetrics(item, context)
  return metrics === undefined || metrics.length === 0 ? undefined : { seq, spans: [], metrics }
}

function encodeMetrics(
  item: Exclude<PushItem, { readonly kind: 'row' }>,
  context: WireContext,
): readonly Json[] | undefined {
  return item.kind === 'summary'
    ? encodeSummaries(item.summaries, context)
    : encodeEvaluation(item.row, item.evaluation, context)
}
