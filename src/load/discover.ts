import { dirname } from 'node:path'
import type { AnyDefinition } from '../model/definition.ts'
import { LlmobsExpError } from '../model/errors.ts'
import type { DefinitionInfo } from '../model/ports.ts'
import { quote, quoteText } from '../model/quote.ts'
import { codeInfo } from './code-info.ts'
import { definitionInfo, type InfoPlace } from './definition-info.ts'
import { copyRecord, isObject } from './plain-object.ts'
import { inCode } from './problems.ts'
import { type CheckedDefinition, type CheckedVariant, validateDefinition } from './validate-definition.ts'

/** One experiment of a module: a definition, or one variant of it. */
export interface DiscoveredExperiment {
  readonly info: DefinitionInfo
  /** With the variant's config and task in place. Its name is the definition's. */
  readonly definition: AnyDefinition
}

/**
 * The experiments that a module exports: the default export first, then the others in the order in which the module lists them
 * (an ES module lists its exports by name). A default export must be a definition or an array of definitions; another export
 * counts when it has `dataset` and `task` or `variants`. One exported twice counts once; each variant is an experiment of its own.
 *
 * @param file the module, as messages should name it
 * @throws LlmobsExpError `E_DEFINITION` for a definition that is not valid, `E_NO_EXPERIMENT` when there is none
 */
export function discover(namespace: object, file: string): DiscoveredExperiment[] {
  const exported = unwrap(namespace)
  const seen = new Set<unknown>()
  const found: DiscoveredExperiment[] = []
  for (const { exportName, value } of candidates(exported)) {
    if (seen.has(value)) continue
    seen.add(value)
    const definition = validateDefinition(value, { file, exportName })
    found.push(...expand(definition, { exportName, baseFolder: dirname(file) }))
  }
  if (found.length === 0) throw noExperiment(exported, file)
  return found
}

/**
 * The experiments of a definition that no module exports: one, or one for each variant.
 * @throws LlmobsExpError `E_DEFINITION`
 */
export function expandDefinition(value: unknown, baseFolder: string): DiscoveredExperiment[] {
  return expand(validateDefinition(value, inCode), { exportName: 'default', baseFolder })
}

interface Candidate {
  readonly exportName: string
  readonly value: unknown
}

function* candidates(exported: object): Generator<Candidate> {
  const main: unknown = Reflect.get(exported, 'default')
  if (Array.isArray(main)) {
    for (const [index, value] of main.entries()) yield { exportName: `default[${index}]`, value }
  } else if (main !== undefined) {
    yield { exportName: 'default', value: main }
  }
  for (const exportName of Object.keys(exported)) {
    if (exportName === 'default') continue
    const value: unknown = Reflect.get(exported, exportName)
    if (Array.isArray(value)) yield* itemsThatCount(exportName, value)
    else if (looksLikeDefinition(value)) yield { exportName, value }
  }
}

/** An array of definitions is exported for its items; an array of anything else is none of our business. */
function* itemsThatCount(exportName: string, items: readonly unknown[]): Generator<Candidate> {
  if (!items.some(looksLikeDefinition)) return
  for (const [index, value] of items.entries()) yield { exportName: `${exportName}[${index}]`, value }
}

function looksLikeDefinition(value: unknown): boolean {
  return isObject(value) && 'dataset' in value && ('task' in value || 'variants' in value)
}

/** What a CommonJS module exports arrives as one default export, and in it may be the `default` of the module it was compiled from. */
function unwrap(namespace: object): object {
  const main: unknown = Reflect.get(namespace, 'default')
  if (!isObject(main) || Array.isArray(main) || looksLikeDefinition(main)) return namespace
  const hasOthers = Object.keys(namespace).some(
    (key) => key !== 'default' && key !== 'module.exports' && key !== '__esModule',
  )
  if (hasOthers) return namespace
  const isModule = Reflect.get(main, '__esModule') === true || 'default' in main
  return isModule || Object.values(main).some(looksLikeDefinition) ? main : namespace
}

interface ExpandPlace {
  readonly exportName: string
  readonly baseFolder: string
}

function expand(definition: CheckedDefinition, { exportName, baseFolder }: ExpandPlace): DiscoveredExperiment[] {
  if (definition.variants === undefined) return [describe(definition, { ref: { exportName }, baseFolder })]
  // Not `map`, which the module may have replaced.
  return Array.from(Object.entries(definition.variants), ([variant, own]) =>
    describe(definition, { ref: { exportName, variant }, baseFolder }, own),
  )
}

function describe(definition: CheckedDefinition, place: InfoPlace, variant: CheckedVariant = {}): DiscoveredExperiment {
  const config = { ...definition.config, ...variant.config }
  const task = variant.task ?? definition.task
  if (task === undefined) throw new LlmobsExpError('E_INTERNAL', `${definition.name} was found valid without a task`)
  const applied: AnyDefinition = {
    name: definition.name,
    dataset: definition.dataset,
    config,
    task,
    evaluators: copyRecord(definition.evaluators ?? {}),
    summaryEvaluators: copyRecord(definition.summaryEvaluators ?? {}),
    ...(definition.redact === undefined ? {} : { redact: definition.redact }),
  }
  return { definition: applied, info: { ...definitionInfo({ ...definition, config }, place), code: codeInfo(applied) } }
}

function noExperiment(exported: object, file: string): LlmobsExpError {
  const names = Object.keys(exported)
  const list = names.map((name) => `${quoteText(name)} (${quote(Reflect.get(exported, name))})`).join(', ')
  const what = names.length === 0 ? 'exports nothing' : `exports no experiment, only ${list}`
  return new LlmobsExpError('E_NO_EXPERIMENT', `${file} ${what}`, {
    location: { file },
    hint: 'export one as the default: export default defineExperiment({ name, dataset, task, evaluators })',
  })
}
