import type { Condition } from '../config/option-conditions.ts'
import type { OptionName } from '../config/options.ts'
import { originOf, type ResolvedOptions } from '../config/resolve.ts'
import { LlmobsExpError } from '../model/errors.ts'
import type { DefinitionInfo } from '../model/ports.ts'
import { quoteText } from '../model/quote.ts'
import { suggest } from '../model/suggest.ts'
import type { ThresholdInfo } from '../model/threshold.ts'
import { findTarget, type ThresholdTarget, thresholdNames } from '../model/threshold-name.ts'

type End = 'min' | 'max'

const ends: readonly { readonly option: OptionName & ('failUnder' | 'failOver'); readonly end: End }[] = [
  { option: 'failUnder', end: 'min' },
  { option: 'failOver', end: 'max' },
]

/** One condition on one experiment, and what to call it. */
interface Added extends Condition {
  readonly end: End
  /** Such as `--fail-under`. */
  readonly origin: string
}

/**
 * Definitions with the conditions of the command line beside their own: all of them have to hold, so the stricter one decides.
 *
 * @throws LlmobsExpError `E_OPTION` for a name that none of the definitions has, a value that it cannot have, and ends that no value
 * can hold
 */
export function addConditions<T extends { readonly info: DefinitionInfo }>(
  experiments: readonly T[],
  options: ResolvedOptions,
): T[] {
  const added = ends.flatMap(({ option, end }) =>
    options.values[option].map((condition) => ({ ...condition, end, origin: originOf(options, option) })),
  )
  if (experiments.length > 0) for (const condition of added) refuseUnknown(condition, experiments)
  return experiments.map((experiment) => {
    const info = added.reduce(addTo, experiment.info)
    return info === experiment.info ? experiment : { ...experiment, info }
  })
}

function refuseUnknown({ name, origin }: Added, experiments: readonly { readonly info: DefinitionInfo }[]): void {
  if (experiments.some(({ info }) => findTarget(name, info) !== undefined)) return
  const known = new Set(experiments.flatMap(({ info }) => thresholdNames(info)))
  const near = suggest(name, known)
  const hint = near === undefined ? `there are: ${[...known].join(', ')}` : `did you mean ${quoteText(near)}?`
  const message = `${origin}: expected the name of an evaluator, a summary evaluator or a number of rows, got ${quoteText(name)}`
  throw new LlmobsExpError('E_OPTION', message, { hint })
}

function addTo(info: DefinitionInfo, condition: Added): DefinitionInfo {
  const { name, end, value } = condition
  const target = findTarget(name, info)
  if (target === undefined) return info
  if (target === 'ambiguous') {
    throw refusal(
      condition,
      `a name that means one thing in ${info.name}`,
      'one that may also be a label of an evaluator',
    )
  }
  refuseValue(condition, target)
  const own = Object.hasOwn(info.thresholds, name) ? info.thresholds[name] : undefined
  const threshold = { ...own, [end]: stricter(end, own?.[end], value) }
  refuseEmpty(condition, threshold, info)
  return { ...info, thresholds: { ...info.thresholds, [name]: threshold } }
}

function stricter(end: End, own: number | undefined, value: number): number {
  if (own === undefined) return value
  return end === 'min' ? Math.max(own, value) : Math.min(own, value)
}

function refuseValue(condition: Added, target: ThresholdTarget): void {
  const { name, value, unit, end } = condition
  const isOfRows = target.kind === 'latency' || target.kind === 'error-rate'
  if (isOfRows && end === 'min')
    throw refusal(condition, `--fail-over for ${name}, of which less is better`, 'a least value')
  if (target.kind === 'latency' && unit !== 'duration')
    throw refusal(condition, 'a duration such as 500ms or 2s', shown(condition))
  if (target.kind !== 'latency' && unit === 'duration')
    throw refusal(condition, 'a number or a percentage', shown(condition))
  if (target.kind === 'error-rate' && (value < 0 || value > 1))
    throw refusal(condition, 'a share from 0 to 1, or a percentage', shown(condition))
}

function refuseEmpty(condition: Added, { min, max }: ThresholdInfo, { name }: DefinitionInfo): void {
  if (min === undefined || max === undefined || min <= max) return
  throw refusal(
    condition,
    `a value that ${name} can have beside its own threshold`,
    `at least ${min} and at most ${max}`,
  )
}

function shown({ value, unit }: Condition): string {
  return unit === 'duration' ? `${value}ms` : String(value)
}

function refusal({ origin, name }: Added, expected: string, got: string): LlmobsExpError {
  return new LlmobsExpError('E_OPTION', `${origin} ${name}: expected ${expected}, got ${got}`)
}
