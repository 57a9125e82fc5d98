import type { ExperimentInfo } from '../../model/ports.ts'
import type { ErrorGroup } from '../../model/summary.ts'
import { excerpt } from '../../terminal/wrap.ts'
import { formatCount, formatNumber } from './number.ts'
import { renderReproduce } from './reproduce.ts'
import type { Style } from './style.ts'

const MAX_GROUPS = 10
const MESSAGE_LINES = 3

/** Errors grouped by message, each with how often it came and a line that reproduces one. */
export function renderErrorGroups(groups: readonly ErrorGroup[], info: ExperimentInfo, style: Style): string {
  if (groups.length === 0) return ''
  const total = groups.reduce((sum, group) => sum + group.count, 0)
  const shown = groups.slice(0, MAX_GROUPS)
  const more = groups.length - shown.length
  return [
    style.colors.bold(style.colors.red(formatCount(total, 'error'))),
    ...shown.map((group) => renderGroup(group, info, style)),
    ...(more > 0 ? [`  and ${formatCount(more, 'other message')}`] : []),
  ].join('\n')
}

function renderGroup({ where, error, count, exampleKey }: ErrorGroup, info: ExperimentInfo, style: Style): string {
  const place = where === 'task' ? 'task' : `evaluator ${where.evaluator}`
  const text = `${formatNumber(count)} × ${place}: ${error.name}: ${error.message} (${error.code})`
  const [first = '', ...rest] = excerpt(text, { columns: style.columns - 4, lines: MESSAGE_LINES })
  return [
    `  ${first}`,
    ...rest.map((line) => `    ${line}`),
    // Never cut, so that it can be copied.
    style.colors.dim(`    ${renderReproduce(info, exampleKey)}`),
  ].join('\n')
}
