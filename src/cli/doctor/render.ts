import type { Style } from '../../reporters/format/style.ts'
import { sanitizeLine } from '../../terminal/sanitize.ts'
import { displayWidth, padEnd, truncate } from '../../terminal/width.ts'
import { excerpt } from '../../terminal/wrap.ts'
import type { Fact, Finding, Trouble } from './finding.ts'

/** Version of the JSON that `doctor --json` prints. */
const FORMAT = 1
/** With fewer columns beside its name, a value stands below it. */
const MIN_VALUE_COLUMNS = 20
const MAX_LINES = 6

export function isHealthy(findings: readonly Finding[]): boolean {
  return findings.every((finding) => statusOf(finding) !== 'failed')
}

/** As one JSON document, for machines. */
export function renderJson(findings: readonly Finding[]): string {
  const checks = findings.map((finding) => ({
    name: finding.name,
    status: statusOf(finding),
    facts: finding.facts.map(({ name, value, from }) => ({ name, value, ...(from === undefined ? {} : { from }) })),
    problems: finding.troubles,
  }))
  return `${JSON.stringify({ formatVersion: FORMAT, healthy: isHealthy(findings), checks }, undefined, 2)}\n`
}

/** For people: a block for each finding, wrapped to the terminal's columns. */
export function renderText(findings: readonly Finding[], style: Style): string {
  return findings.map((finding) => `${renderFinding(finding, style)}\n`).join('\n')
}

/** @example 'not healthy: 2 problems: store, options' */
export function renderVerdict(findings: readonly Finding[]): string {
  const errors = findings.flatMap(({ troubles }) => troubles.filter(({ severity }) => severity === 'error'))
  if (errors.length === 0) return 'healthy'
  const names = findings.filter((finding) => statusOf(finding) === 'failed').map(({ name }) => sanitizeLine(name))
  const count = errors.length === 1 ? '1 problem' : `${errors.length} problems`
  return `not healthy: ${count}: ${names.join(', ')}`
}

function statusOf({ troubles }: Finding): 'ok' | 'warning' | 'failed' {
  if (troubles.some(({ severity }) => severity === 'error')) return 'failed'
  return troubles.length > 0 ? 'warning' : 'ok'
}

function renderFinding(finding: Finding, { colors, columns }: Style): string {
  const status = statusOf(finding)
  const paint = { ok: colors.green, warning: colors.yellow, failed: colors.red }[status]
  const width = Math.max(0, ...finding.facts.map(({ name }) => name.length))
  return [
    `${colors.bold(truncate(sanitizeLine(finding.name), Math.max(columns - 10, 8)))}: ${paint(status)}`,
    ...finding.facts.flatMap((fact) => renderFact(fact, width, columns)),
    ...finding.troubles.flatMap((trouble) => renderTrouble(trouble, paint)),
  ].join('\n')
}

function renderFact({ name, value, text, from }: Fact, width: number, columns: number): string[] {
  const shown = sanitizeLine(
    `${text ?? (value === null ? 'none' : String(value))}${from === undefined ? '' : `  (${from})`}`,
  )
  const beside = columns - width - 4
  if (beside < MIN_VALUE_COLUMNS) {
    const lines = excerpt(shown, { columns: columns - 4, lines: MAX_LINES })
    return [truncate(`  ${sanitizeLine(name)}`, columns), ...lines.map((line) => `    ${line}`)]
  }
  const isShort = displayWidth(shown) <= beside
  const [first = '', ...more] = isShort ? [shown] : excerpt(shown, { columns: beside, lines: MAX_LINES })
  return [`  ${padEnd(sanitizeLine(name), width)}  ${first}`, ...more.map((line) => ' '.repeat(width + 4) + line)]
}

/** Not cut: it says what to fix. */
function renderTrouble({ severity, code, message, hint }: Trouble, paint: (text: string) => string): string[] {
  const head = code === undefined ? `${severity}:` : `${severity} ${code}:`
  const lines = [`  ${paint(head)} ${sanitizeLine(message)}`]
  return hint === undefined ? lines : [...lines, `    hint: ${sanitizeLine(hint)}`]
}
