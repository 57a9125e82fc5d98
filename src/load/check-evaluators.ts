import { isManaged } from '../model/managed.ts'
import { quoteText } from '../model/quote.ts'
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
  const evaluators = new Set(isObject(definition.evaluators) ? Object.keys(definition.evaluators) : [])
  for (const [name, summaryEvaluator] of Object.entries(summaryEvaluators)) {
    const path = propertyPath('summaryEvaluators', name)
    checkName('summaryEvaluators', name, problems)
    if (typeof summaryEvaluator !== 'function') problems.expected(path, 'a function', summaryEvaluator)
    if (evaluators.has(name))
      problems.add({ path, message: `expected a name of its own, got that of the evaluator ${quoteText(name)}` })
  }
}
