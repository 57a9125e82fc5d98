import type { ListWords, OptionSpec } from './option-kinds.ts'
import { parseDuration, parsePair, showDuration } from './option-values.ts'

/** An end of a threshold as it was given, still in its own unit. */
export interface Condition {
  readonly name: string
  /** A percentage is a share by now, a duration milliseconds. */
  readonly value: number
  readonly unit: 'number' | 'percent' | 'duration'
}

/** Conditions on numbers: `accuracy=0.9`, `accuracy=90%`, `latency.p95=2s`. */
export function conditions(
  spec: Omit<ListWords, 'argument' | 'separator' | 'expected'> & { readonly examples: string },
): OptionSpec<readonly Condition[], 'conditions'> {
  const { examples, ...words } = spec
  return {
    kind: 'conditions',
    ...words,
    argument: 'name=value',
    separator: ',',
    expected: `name=value, such as ${examples}`,
    expectedInConfig: "an object of numbers, percentages or durations, such as { accuracy: 0.9, 'latency.p95': '2s' }",
    default: [],
    read: (texts, refuse) => texts.map((text) => parseCondition(text) ?? refuse(text)),
    textsOf: conditionTexts,
    show: (given) => given.map(showCondition).join(', '),
  }
}

function parseCondition(text: string): Condition | undefined {
  const pair = parsePair(text, '=')
  const value = pair === undefined ? undefined : parseValue(pair.value)
  return pair === undefined || value === undefined ? undefined : { name: pair.key, ...value }
}

function parseValue(text: string): Omit<Condition, 'name'> | undefined {
  const [, amount, percent] = /^(-?\d{1,16}(?:\.\d{1,16})?(?:e[+-]?\d{1,3})?)(%)?$/i.exec(text) ?? []
  if (amount !== undefined) {
    // Not a hundredth of it: 90.1 % is to be 0.901 to the last bit.
    const value = Number(percent === undefined ? amount : `${amount}e-2`)
    return Number.isFinite(value) ? { value, unit: percent === undefined ? 'number' : 'percent' } : undefined
  }
  const duration = parseDuration(text)
  return duration === undefined ? undefined : { value: duration, unit: 'duration' }
}

function conditionTexts(value: unknown): string[] | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const entries = Object.entries(value).filter(([, own]) => own !== undefined)
  const texts = entries.map(([name, own]) =>
    typeof own === 'number' || typeof own === 'string' ? `${name}=${own}` : undefined,
  )
  return texts.every((text) => text !== undefined) ? texts : undefined
}

/** @example showCondition({ name: 'latency.p95', value: 2000, unit: 'duration' }) // 'latency.p95=2s' */
function showCondition({ name, value, unit }: Condition): string {
  return `${name}=${unit === 'duration' ? showDuration(value) : value}`
}
