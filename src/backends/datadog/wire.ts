import type { EncodedItem, PushItem, RunRef } from '../../model/backend.ts'
import type { Json } from '../../model/json.ts'
import { encodeEvaluation, encodeSummaries } from './metric.ts'
import { encodeSpan } from './span.ts'
import { createWireRun, type WireContext, type WireNames, type WireRun } from './wire-context.ts'

/** Writes an item as it goes to Datadog; undefined where there is nothing to send of it, or nothing left to take away. */
export type Encoder = (item: PushItem, cut: number) => EncodedItem | undefined

export function createEncoder(names: WireNames): Encoder {
  const runs = new Map<string, WireRun>()
  const runOf = (run: RunRef): WireRun => {
    const key = `${run.iteration}/${run.runId}`
    const known = runs.get(key) ?? createWireRun(names, run)
    runs.set(key, known)
    return known
  }
  return (item, cut) => {
    const { seq, run, time } = item
    const context: WireContext = { run: runOf(run), time, cut }
    if (item.kind === 'row') {
      const span = encodeSpan(item.row, context)
      return span === undefined ? undefined : { seq, spans: [span], metrics: [] }
    }
    const metrics = encodeMetrics(item, context)
    return metrics === undefined || metrics.length === 0 ? undefined : { seq, spans: [], metrics }
  }
}

function encodeMetrics(
  item: Exclude<PushItem, { readonly kind: 'row' }>,
  context: WireContext,
): readonly Json[] | undefined {
  return item.kind === 'summary'
    ? encodeSummaries(item.summaries, context)
    : encodeEvaluation(item.row, item.evaluation, context)
}
