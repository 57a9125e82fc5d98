import { quoteText } from '../model/quote.ts'
import { suggest } from '../model/suggest.ts'
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
  const evaluators = keysOf(definition.evaluators)
  const known = [...evaluators, ...keysOf(definition.summaryEvaluators)]
  for (const [name, threshold] of Object.entries(thresholds)) {
    const path = propertyPath('thresholds', name)
    // Which labels an evaluator with several values gives is known only when it has run.
    const isLabel = evaluators.some(
      (evaluator) => name.startsWith(`${evaluator}-`) && name.length > evaluator.length + 1,
    )
    if (!known.includes(name) && !isLabel) problems.add({ path, ...unknownName(name, known) })
    if (threshold !== undefined) checkThreshold(path, threshold, problems)
  }
}

function unknownName(name: string, known: readonly string[]): { message: string; hint: string } {
  const near = suggest(name, known)
  const list = known.length === 0 ? 'the definition has none' : `there are: ${known.join(', ')}`
  const message = `expected the name of an evaluator or a summary evaluator, got ${quoteText(name)}`
  return { message, hint: near === undefined ? list : `did you mean ${quoteText(near)}?` }
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
