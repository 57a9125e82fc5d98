import { isManaged } from '../model/managed.ts'
import { quoteText } from '../model/quote.ts'
import { suggest } from '../model/suggest.ts'
import { checkName } from './check-names.ts'
import { isObject, isPlainObject, type UnknownRecord } from './plain-object.ts'
import { type Problems, propertyPath } from './problems.ts'

export function checkEvaluators(definition: UnknownRecord, problems: Problems): void {
  const evaluators = definition.evaluators
  if (evaluators === undefined) return
  if (!isPlainObject(evaluators)) {
    const hint = Array.isArray(evaluators)
      ? 'for evaluators with a name of their own: evaluators: byName(a, b)'
      : undefined
    problems.expected('evaluators', 'an object of evaluators by name', evaluators, hint)
    return
  }
  for (const [name, evaluator] of Object.entries(evaluators)) {
    checkName('evaluators', name, problems)
    checkEvaluator(name, evaluator, problems)
  }
}

function checkEvaluator(name: string, evaluator: unknown, problems: Problems): void {
  if (typeof evaluator === 'function') return
  const path = propertyPath('evaluators', name)
  if (!isObject(evaluator) || typeof Reflect.get(evaluator, 'evaluate') !== 'function') {
    problems.expected(path, 'a function or an object with a method evaluate', evaluator)
    return
  }
  // What is kept at a backend has its name there.
  if (isManaged(evaluator)) return
  const own: unknown = Reflect.get(evaluator, 'name')
  if (own !== name)
    problems.expected(
      `${path}.name`,
      `${quoteText(name)}, the key it stands under`,
      own,
      'byName(…) makes the keys from the names',
    )
}

export function checkSummaryEvaluators(definition: UnknownRecord, problems: Problems): void {
  const summaryEvaluators = definition.summaryEvaluators
  if (summaryEvaluators === undefined) return
  if (!isPlainObject(summaryEvaluators)) {
    problems.expected('summaryEvaluators', 'an object of functions by name', summaryEvaluators)
    return
  }
  const evaluators = new Set(keysOf(definition.evaluators))
  for (const [name, summaryEvaluator] of Object.entries(summaryEvaluators)) {
    const path = propertyPath('summaryEvaluators', name)
    checkName('summaryEvaluators', name, problems)
    if (typeof summaryEvaluator !== 'function') problems.expected(path, 'a function', summaryEvaluator)
    if (evaluators.has(name))
      problems.add({ path, message: `expected a name of its own, got that of the evaluator ${quoteText(name)}` })
  }
}

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
  const what = 'a finite number or { min?, max? }'
  if (Number.isFinite(threshold)) return
  if (!isPlainObject(threshold)) {
    problems.expected(path, what, threshold)
    return
  }
  for (const key of Object.keys(threshold))
    if (key !== 'min' && key !== 'max') problems.unknown(path, key, ['min', 'max'])
  const { min, max } = threshold
  if (min === undefined && max === undefined) {
    problems.add({ path, message: 'expected min, max, or both, got neither' })
    return
  }
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
