import { IN_CODE } from '../../model/in-code.ts'
import type { ExperimentInfo } from '../../model/ports.ts'
import type { ErrorGroup, RunSummary } from '../../model/summary.ts'
import { excerpt } from '../../terminal/wrap.ts'
import { formatCount, formatNumber } from './number.ts'
import { renderReproduce } from './reproduce.ts'
import type { Style } from './style.ts'

const MAX_GROUPS = 10
const MESSAGE_LINES = 3

/** Errors grouped by message, each with how often it came and a line that reproduces one. */
export function renderErrorGroups(run: RunSummary, info: ExperimentInfo, style: Style): string {
  const { rows, evaluatorErrors, errors } = run
  if (errors.length === 0) return ''
  const shown = errors.slice(0, MAX_GROUPS)
  const total = Math.max(rows.error + rows.timeout + evaluatorErrors, countOf(errors))
  const more = total - countOf(shown)
  return [
    style.colors.bold(style.colors.red(formatCount(total, 'error'))),
    ...shown.map((group) => renderGroup(group, info, style)),
    ...(more > 0 ? [`  and ${formatCount(more, 'error')} with other messages`] : []),
  ].join('\n')
}

function countOf(groups: readonly ErrorGroup[]): number {
  return groups.reduce((sum, group) => sum + group.count, 0)
}

function renderGroup({ where, error, count, exampleKey }: ErrorGroup, info: ExperimentInfo, style: Style): string {
  const place = where === 'task' ? 'task' : `evaluator ${where.evaluator}`
  const text = `${formatNumber(count)} × ${place}: ${error.name}: ${error.message} (${error.code})`
  const [first = '', ...rest] = excerpt(text, { columns: style.columns - 4, lines: MESSAGE_LINES })
  return [
    `  ${first}`,
    ...rest.map((line) => `    ${line}`),
    // Never cut, so that it can be copied.
    ...(info.pulled === undefined && info.file !== IN_CODE
      ? [style.colors.dim(`    ${renderReproduce(info, exampleKey)}`)]
      : []),
  ].join('\n')
}
