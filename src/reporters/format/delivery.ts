import type { Delivery } from '../../model/backend.ts'
import type { ExperimentInfo } from '../../model/ports.ts'
import { sanitizeLine } from '../../terminal/sanitize.ts'
import { excerpt } from '../../terminal/wrap.ts'
import { formatCount } from './number.ts'
import type { Style } from './style.ts'

const MAX_LINES = 5

/** What a backend has of an experiment, and where to look at it there. */
export function renderDelivery(
  { name }: Pick<ExperimentInfo, 'name'>,
  delivery: Delivery,
  { colors, columns }: Style,
): string {
  const word = delivery.status === 'delivered' ? colors.green('pushed') : colors.red('not pushed')
  const details = [formatDelivered(delivery), ...missing(delivery)]
  return [
    `${word} ${sanitizeLine(name)}`,
    ...details.flatMap((detail) => excerpt(detail, { columns: columns - 2, lines: MAX_LINES })).map(setIn),
    // Not cut, so that it can be clicked.
    ...(delivery.link === undefined ? [] : [setIn(colors.cyan(sanitizeLine(delivery.link)))]),
    '',
  ].join('\n')
}

/** @example '200 spans, 401 metrics at datadoghq.com' */
function formatDelivered({ spans, metrics, place }: Delivery): string {
  return `${formatCount(spans, 'span')}, ${formatCount(metrics, 'metric')} at ${place}`
}

/** What is not there, and why not. */
function missing(delivery: Delivery): string[] {
  if (delivery.status === 'delivered') return []
  const { pending, rejected, reason } = delivery
  return [
    ...(pending === 0 ? [] : [`${formatCount(pending, 'event')} still to be sent`]),
    ...(rejected === 0 ? [] : [`${formatCount(rejected, 'event')} that will never be accepted`]),
    reason,
  ]
}

function setIn(line: string): string {
  return `  ${line}`
}
