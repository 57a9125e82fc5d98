import { quoteText } from '../model/quote.ts'
import { suggest } from '../model/suggest.ts'
import { findTarget, type ThresholdNames, type ThresholdTarget, thresholdNames } from '../model/threshold-name.ts'
import { isObject, isPlainObject, type UnknownRecord } from './plain-object.ts'
import { type Problems, propertyPath } from './problems.ts'

const members = ['min', 'max', 'better', 'tolerance'] as const

export function checkThresholds(definition: UnknownRecord, problems: Problems): void {
  const thresholds = definition.thresholds
  if (thresholds === undefined) return
  if (!isPlainObject(thresholds)) {
    problems.expected('thresholds', 'an object of thresholds by name', thresholds)
    return
  }
  const names = {
    evaluators: keysOf(definition.evaluators),
    summaryEvaluators: keysOf(definition.summaryEvaluators),
  }
  for (const [name, threshold] of Object.entries(thresholds)) {
    const path = propertyPath('thresholds', name)
    const target = findTarget(name, names)
    if (target === undefined) problems.add({ path, ...unknownName(name, names) })
    else if (target === 'ambiguous') problems.add({ path, ...ambiguousName(name) })
    else if (threshold === undefined) continue
    else if (target.kind === 'value' || target.kind === 'score') checkThreshold(path, threshold, problems)
    else checkCeiling(path, threshold, { target, problems })
  }
}

function unknownName(name: string, names: ThresholdNames): { message: string; hint: string } {
  const near = suggest(name, thresholdNames(names))
  const known = [...names.evaluators, ...names.summaryEvaluators]
  const list = known.length === 0 ? 'the definition has none' : `there are: ${known.join(', ')}`
  const message = `expected the name of an evaluator or a summary evaluator, got ${quoteText(name)}`
  return { message, hint: near === undefined ? list : `did you mean ${quoteText(near)}?` }
}

function ambiguousName(name: string): { message: string; hint: string } {
  const message = `expected a name that means one thing, got ${quoteText(name)}, which may also be a label of an evaluator`
  return { message, hint: 'rename the evaluator; --max-errors 5% is a condition on errors too' }
}

interface CeilingTools {
  readonly target: ThresholdTarget
  readonly problems: Problems
}

/** Of what is better the less there is, a bare number could be taken for either end. */
function checkCeiling(path: string, threshold: unknown, { target, problems }: CeilingTools): void {
  const isRate = target.kind === 'error-rate'
  const what = isRate ? 'a share from 0 to 1' : 'milliseconds, not negative'
  const example = isRate ? '{ max: 0.02 }' : '{ max: 2_000 }'
  if (!isPlainObject(threshold)) {
    problems.expected(path, `an object such as ${example}`, threshold)
    return
  }
  for (const key of Object.keys(threshold)) if (key !== 'max') problems.unknown(path, key, ['max'])
  const { max } = threshold
  if (!isFiniteNumber(max) || max < 0 || (isRate && max > 1)) problems.expected(`${path}.max`, what, max)
}

function checkThreshold(path: string, threshold: unknown, problems: Problems): void {
  if (Number.isFinite(threshold)) return
  if (!isPlainObject(threshold)) {
    problems.expected(path, 'a finite number or { min?, max?, better?, tolerance? }', threshold)
    return
  }
  for (const key of Object.keys(threshold))
    if (!members.some((member) => member === key)) problems.unknown(path, key, members)
  if (members.every((member) => threshold[member] === undefined)) {
    problems.add({ path, message: 'expected min, max, or both, got neither' })
    return
  }
  checkMembers(path, threshold, problems)
}

function checkMembers(path: string, { min, max, better, tolerance }: UnknownRecord, problems: Problems): void {
  if (better !== undefined && better !== 'higher' && better !== 'lower')
    problems.expected(`${path}.better`, "'higher' or 'lower'", better)
  if (tolerance !== undefined && !(isFiniteNumber(tolerance) && tolerance >= 0))
    problems.expected(`${path}.tolerance`, 'a finite number that is not negative', tolerance)
  if (min !== undefined && !isFiniteNumber(min)) problems.expected(`${path}.min`, 'a finite number', min)
  if (max !== undefined && !isFiniteNumber(max)) problems.expected(`${path}.max`, 'a finite number', max)
  if (isFiniteNumber(min) && isFiniteNumber(max) && min > max) {
    problems.add({ path, message: `expected min to be at most max, got min ${min} and max ${max}` })
  }
}

function isFiniteNumber(value: unknown): value is number {
  return Number.isFinite(value)
}

function keysOf(value: unknown): readonly string[] {
  return isObject(value) ? Object.keys(value) : []
}
