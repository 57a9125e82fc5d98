import type { Json } from '../../../model/json.ts'
import type { ExperimentInfo } from '../../../model/ports.ts'
import type { Row } from '../../../model/row.ts'
import { sanitizeLine } from '../../../terminal/sanitize.ts'
import { truncate } from '../../../terminal/width.ts'
import { parseOrNull } from '../../json-text.ts'
import { cutText } from '../cut.ts'
import { formatDuration } from '../duration.ts'
import { renderReproduce } from '../reproduce.ts'
import { describeVerdicts, remarksOf, stateOf } from '../row-facts.ts'
import { type Markup, markup } from './markup.ts'

/** Characters of one value; the log has all of it. */
const MAX_VALUE = 2000
const HEAD_COLUMNS = 100
/** A longer value is not set out: it would be cut anyway. */
const MAX_PRETTY = 50_000

/** One row: a line that opens to everything that is known of it. */
export function renderRow(row: Row, info: ExperimentInfo): Markup {
  const { record, task } = row
  const state = stateOf(row)
  const run = info.runs > 1 ? ` · run ${row.iteration}` : ''
  const time = task === undefined ? '' : ` · ${formatDuration(task.durationMs)}`
  const error =
    task === undefined || task.status === 'ok' ? [] : [field('error', `${task.error.name}: ${task.error.message}`)]
  const repro =
    state === 'passed' || info.pulled !== undefined ? [] : [field('run it again', renderReproduce(info, row.key))]
  return markup`<details><summary><span class="state ${state}">${state}</span> ${head(row.key)}<span class="dim">${run}${time} · ${head(describeVerdicts(row).join(' · '))}</span></summary><dl>${[
    field('input', showValue(record.input)),
    ...(record.expectedOutput === undefined ? [] : [field('expected', showValue(record.expectedOutput))]),
    ...(task?.status === 'ok' ? [field('output', showValue(task.output))] : []),
    ...error,
    ...remarksOf(row).map(([name, text]) => field(name, text)),
    ...repro,
  ]}</dl></details>
`
}

/** A value as people read it: a text as it is, anything else set out as JSON. */
export function showValue(json: Json): string {
  if (json.length > MAX_PRETTY) return json
  const value = parseOrNull(json)
  if (typeof value === 'string') return value
  return typeof value === 'object' && value !== null ? JSON.stringify(value, null, 2) : json
}

/** A value that may be long, in its own box. */
export function box(text: string): Markup {
  return markup`<pre>${cutText(text, MAX_VALUE)}</pre>`
}

function field(name: string, text: string): Markup {
  return markup`<dt>${head(name)}</dt><dd>${box(text)}</dd>`
}

function head(text: string): string {
  return truncate(sanitizeLine(text.slice(0, HEAD_COLUMNS * 8)), HEAD_COLUMNS)
}
