import {
  type Comparison,
  type ComparisonVerdict,
  type LabelComparison,
  notComparedReasons,
} from '../../../model/comparison.ts'
import type { Coverage } from '../../../model/summary.ts'
import { sanitizeLine } from '../../../terminal/sanitize.ts'
import { displayWidth, padEnd, truncate } from '../../../terminal/width.ts'
import { excerpt } from '../../../terminal/wrap.ts'
import { formatNumber } from '../number.ts'
import type { Style } from '../style.ts'
import { type ComparedLabel, describeEvidence, describePower, milliseconds, unitOf } from './figures.ts'

const NAME_COLUMNS = 24
const MAX_LABELS = 50
const MAX_LINES = 4
const INDENT = '    '

interface Block {
  readonly name: string
  readonly headline: string
  readonly verdict?: ComparisonVerdict
  readonly details: readonly string[]
}

/** A block for each label: what it came to on both sides and what that means, then the evidence. */
export function renderLabels({ labels, latency }: Comparison, style: Style): string {
  const blocks = labels.slice(0, MAX_LABELS).map(labelBlock)
  const hidden = labels.length - blocks.length
  if (latency !== undefined) {
    const { baseline, candidate, pValue } = latency
    blocks.push({
      name: 'task latency',
      headline: `${milliseconds.value(baseline)} → ${milliseconds.value(candidate)}`,
      details: [describeEvidence(latency, { unit: milliseconds, pValue })],
    })
  }
  const width = Math.min(Math.max(0, ...blocks.map(({ name }) => displayWidth(name))), NAME_COLUMNS)
  return [
    ...blocks.map((block) => renderBlock(block, { ...style, width })),
    ...(hidden > 0 ? [`  and ${formatNumber(hidden)} more labels`] : []),
  ].join('\n')
}

function labelBlock(label: LabelComparison): Block {
  const name = sanitizeLine(label.label)
  const coverage = describeCoverage(label.coverage)
  if (label.status === 'not-compared')
    return { name, headline: `not compared: ${notComparedReasons[label.reason]}`, details: [coverage] }
  const { baseline, candidate, verdict, adjustedPValue } = label
  const unit = unitOf(label)
  const direction = label.direction === 'lower' ? ', lower is better' : ''
  return {
    name,
    headline: `${unit.value(baseline)} → ${unit.value(candidate)}${direction}`,
    verdict,
    details: [
      `${describeEvidence(label, { unit, pValue: adjustedPValue })}${describeFlips(label)}`,
      ...(verdict === 'no evidence of a difference' && label.detectable > 0 ? [describePower(label, unit)] : []),
      coverage,
    ],
  }
}

function describeFlips({ fixed, broken }: ComparedLabel): string {
  return fixed + broken === 0 ? '' : `; ${formatNumber(fixed)} fixed, ${formatNumber(broken)} broken`
}

/** @example 'scored 40 → 38, errored 0 → 2, skipped 0' */
function describeCoverage({ baseline, candidate }: LabelComparison['coverage']): string {
  const parts = (['scored', 'errored', 'skipped'] as const).map((name) => `${name} ${sides(name, baseline, candidate)}`)
  return parts.join(', ')
}

function sides(name: keyof Coverage, baseline: Coverage | undefined, candidate: Coverage | undefined): string {
  const [before, after] = [baseline?.[name], candidate?.[name]].map((count) =>
    count === undefined ? '–' : formatNumber(count),
  )
  return before === after ? `${after}` : `${before} → ${after}`
}

function renderBlock({ name, headline, verdict, details }: Block, style: Style & { readonly width: number }): string {
  const { colors, columns, width } = style
  const said = verdict === undefined ? '' : `  ${verdict}`
  const line = `  ${padEnd(truncate(name, width), width)}  ${headline}`
  const fits = displayWidth(line) + displayWidth(said) <= columns
  const head = fits
    ? [line + paint(said, verdict, style)]
    : [
        truncate(`  ${name}`, columns),
        ...excerpt(headline, { columns: columns - INDENT.length, lines: 2 }).map((text) => INDENT + text),
        ...(verdict === undefined ? [] : [INDENT + paint(verdict, verdict, style)]),
      ]
  const body = details.flatMap((detail) => excerpt(detail, { columns: columns - INDENT.length, lines: MAX_LINES }))
  return [...head, ...body.map((text) => INDENT + colors.dim(text))].join('\n')
}

function paint(text: string, verdict: ComparisonVerdict | undefined, { colors }: Style): string {
  if (verdict === 'improved') return colors.green(text)
  return verdict === 'regressed' ? colors.red(text) : text
}
