import type { LabelSummary, PassAt, Stability } from '../../model/summary.ts'
import { sanitizeLine } from '../../terminal/sanitize.ts'
import { truncate } from '../../terminal/width.ts'
import { excerpt } from '../../terminal/wrap.ts'
import { formatCount, formatNumber, formatPercent } from './number.ts'
import type { Style } from './style.ts'

const MAX_LINES = 6
const MAX_KEYS = 5
const KEY_COLUMNS = 32

/** How alike the runs of each record are, by each boolean label: a block for each. Empty without any. */
export function renderStability(labels: readonly LabelSummary[], style: Style): string {
  return labels
    .flatMap((label) => (label.type === 'boolean' && label.stability !== undefined ? renderLabel(label, style) : []))
    .join('\n')
}

function renderLabel({ label, stability }: { label: string; stability?: Stability }, style: Style): string[] {
  if (stability === undefined) return []
  const { colors, columns } = style
  const lines = [recordsLine(stability), ...passLines(stability.passAt), ...flakyLines(stability)]
  return [
    colors.bold(truncate(`${sanitizeLine(label)}, record by record`, columns)),
    ...lines.flatMap((line) => excerpt(line, { columns: columns - 2, lines: MAX_LINES }).map((part) => `  ${part}`)),
  ]
}

/** @example '812 stable-pass, 40 stable-fail, 148 flaky' */
function recordsLine({ stablePass, stableFail, flaky, single }: Stability): string {
  const counts = `${formatNumber(stablePass)} stable-pass, ${formatNumber(stableFail)} stable-fail, ${formatNumber(flaky)} flaky`
  return single === 0 ? counts : `${counts}, ${formatNumber(single)} with a single value`
}

/** @example ['pass@k (any of k runs): @1 84.2 %, @3 95.0 %', 'pass^k (all of k runs): ^1 84.2 %, ^3 70.1 %'] */
function passLines(passAt: readonly PassAt[]): string[] {
  const known = passAt.filter(({ records }) => records > 0)
  if (known.length === 0) return []
  const anyOf = known.map(({ k, passAtK = Number.NaN }) => `@${k} ${formatPercent(passAtK)}`)
  const allOf = known.map(({ k, passHatK = Number.NaN }) => `^${k} ${formatPercent(passHatK)}`)
  return [`pass@k (any of k runs): ${anyOf.join(', ')}`, `pass^k (all of k runs): ${allOf.join(', ')}`, ...fewer(known)]
}

/** A larger k may rest on fewer records. */
function fewer(known: readonly PassAt[]): string[] {
  const [first, last] = [known[0], known.at(-1)]
  if (first === undefined || last === undefined || last.records === first.records) return []
  return [
    `k = ${last.k} over ${formatCount(last.records, 'record')} with so many values, k = ${first.k} over ${formatNumber(first.records)}`,
  ]
}

function flakyLines({ flaky, flakyKeys }: Stability): string[] {
  if (flaky === 0) return []
  const keys = flakyKeys.slice(0, MAX_KEYS).map((key) => truncate(sanitizeLine(key), KEY_COLUMNS))
  const more = flaky - keys.length
  return [`flaky: ${keys.join(', ')}${more > 0 ? ` and ${formatNumber(more)} more` : ''}`]
}
