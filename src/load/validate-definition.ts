import type { AnyDefinition, Threshold } from '../model/definition.ts'
import { quote, quoteText } from '../model/quote.ts'
import { checkEvaluators, checkSummaryEvaluators, checkThresholds } from './check-evaluators.ts'
import { checkDataset, checkSettings } from './check-settings.ts'
import { checkTaskAndVariants } from './check-variants.ts'
import { isObject, type UnknownRecord } from './plain-object.ts'
import { createProblems, type DefinitionPlace, type Problems, problemsError } from './problems.ts'

type Named<T> = { readonly [name: string]: T }

/** What an exported value is known to be once it has been checked. There is a task, or every variant has one. */
export interface CheckedDefinition extends Pick<AnyDefinition, 'name' | 'dataset'> {
  readonly project?: string
  readonly description?: string
  readonly config?: UnknownRecord
  readonly task?: AnyDefinition['task']
  readonly variants?: Named<CheckedVariant>
  readonly evaluators?: AnyDefinition['evaluators']
  readonly summaryEvaluators?: AnyDefinition['summaryEvaluators']
  readonly thresholds?: Named<Threshold | undefined>
  readonly tags?: Named<string>
  readonly runs?: number
  readonly jobs?: number
  readonly threads?: number | 'auto'
  readonly timeout?: number
  readonly evalTimeout?: number
  readonly maxRetries?: number
}

export interface CheckedVariant {
  readonly config?: UnknownRecord
  readonly task?: AnyDefinition['task']
}

const definitionKeys = [
  'name',
  'project',
  'description',
  'dataset',
  'config',
  'task',
  'variants',
  'evaluators',
  'summaryEvaluators',
  'thresholds',
  'tags',
  'runs',
  'jobs',
  'threads',
  'timeout',
  'evalTimeout',
  'maxRetries',
] as const

/** What other tools call things. */
const otherWords: ReadonlyMap<string, string> = new Map([
  ['data', 'dataset is the word here'],
  ['records', 'dataset is the word here'],
  ['expected', 'an expectation belongs to its record: dataset: [{ input, expectedOutput }]'],
  ['expectedOutput', 'an expectation belongs to its record: dataset: [{ input, expectedOutput }]'],
  ['scorers', 'evaluators is the word here'],
  ['scores', 'evaluators is the word here'],
  ['metrics', 'evaluators is the word here'],
  ['aggregates', 'summaryEvaluators is the word here'],
  ['concurrency', 'jobs is the word here'],
  ['maxConcurrency', 'jobs is the word here'],
  ['trials', 'runs is the word here'],
  ['trialCount', 'runs is the word here'],
  ['repetitions', 'runs is the word here'],
  ['epochs', 'runs is the word here'],
  ['retries', 'maxRetries is the word here'],
])

/**
 * Checks an exported value and returns it as a definition whose properties have been read once.
 *
 * @throws LlmobsExpError `E_DEFINITION` that names file, export, property, what was expected and what was got; all problems at once
 */
export function validateDefinition(value: unknown, place: DefinitionPlace): CheckedDefinition {
  const problems = createProblems()
  if (!isObject(value) || Array.isArray(value)) {
    problems.expected('', 'an experiment definition (see defineExperiment)', value)
    throw problemsError(problems.list, place)
  }
  const definition = readOnce(value, place)
  checkKeys(value, problems)
  checkSettings(definition, problems)
  checkDataset(definition, problems)
  checkTaskAndVariants(definition, problems)
  checkEvaluators(definition, problems)
  checkSummaryEvaluators(definition, problems)
  checkThresholds(definition, problems)
  if (!isValid(definition, problems)) throw problemsError(problems.list, place)
  return definition
}

function isValid(_definition: UnknownRecord, problems: Problems): _definition is UnknownRecord & CheckedDefinition {
  return problems.list.length === 0
}

function checkKeys(value: object, problems: Problems): void {
  const known: ReadonlySet<string> = new Set(definitionKeys)
  for (const key of Object.keys(value)) {
    if (known.has(key)) continue
    const hint = otherWords.get(key)
    if (hint === undefined) problems.unknown('', key, known)
    else problems.add({ path: key, message: 'there is no such property', hint })
  }
}

/** Reads every property once: a getter may answer differently, or throw, the second time. */
function readOnce(value: object, place: DefinitionPlace): UnknownRecord {
  const definition: Record<string, unknown> = {}
  for (const key of definitionKeys) {
    try {
      const property: unknown = Reflect.get(value, key)
      if (property !== undefined) definition[key] = property
    } catch (cause) {
      const message = `reading it threw ${cause instanceof Error ? quoteText(cause.message) : quote(cause)}`
      throw problemsError([{ path: key, message }], place)
    }
  }
  return definition
}
