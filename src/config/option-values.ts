import type { ErrorAllowance } from '../model/outcome.ts'

/** `key=value` or `key:value`, cut at the first separator. */
export interface KeyValue {
  readonly key: string
  readonly value: string
}

const MAX_DURATION = 2 ** 31 - 1

const unitMilliseconds: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
])

/** Milliseconds of `500ms`, `1.5s`, `10m`, `1h` or a bare number of them; `undefined` for anything else. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d{1,16}(?:\.\d{1,9})?)(ms|s|m|h)?$/.exec(text) ?? []
  const milliseconds = Math.round(Number(amount) * (unitMilliseconds.get(unit) ?? Number.NaN))
  return milliseconds >= 1 && milliseconds <= MAX_DURATION ? milliseconds : undefined
}

/** @example showDuration(600_000) // '10m' */
export function showDuration(milliseconds: number): string {
  const largest = [...unitMilliseconds].reverse().find(([, length]) => milliseconds % length === 0)
  return largest === undefined ? `${milliseconds}ms` : `${milliseconds / largest[1]}${largest[0]}`
}

export function parseAllowance(text: string): ErrorAllowance | undefined {
  if (/^\d{1,15}$/.test(text)) return { kind: 'count', count: Number(text) }
  const [, percent] = /^(\d{1,3}(?:\.\d{1,9})?)%$/.exec(text) ?? []
  if (percent === undefined || Number(percent) > 100) return undefined
  return { kind: 'share', percent: Number(percent) }
}

export function showAllowance(allowance: ErrorAllowance): string {
  return allowance.kind === 'count' ? String(allowance.count) : `${allowance.percent}%`
}

/** What is not to get worse. */
export interface RegressionGate {
  /** A label, or an evaluator with all its labels; absent for every label. */
  readonly name?: string
  /** How much worse is no regression yet, in the units of the value. */
  readonly tolerance?: number
}

/** How every label is written. */
const EVERY_LABEL = 'all'

/** @example parseGate('accuracy:2%') // { name: 'accuracy', tolerance: 0.02 } */
export function parseGate(text: string): RegressionGate | undefined {
  const [, name, amount, percent] = /^([a-zA-Z0-9_-]+)(?::(\d{1,15}(?:\.\d{1,15})?)(%)?)?$/.exec(text) ?? []
  if (name === undefined) return undefined
  return {
    ...(name === EVERY_LABEL || name === 'true' ? {} : { name }),
    ...(amount === undefined ? {} : { tolerance: percent === undefined ? Number(amount) : Number(amount) / 100 }),
  }
}

/** As it can be given again. */
export function showGate({ name = EVERY_LABEL, tolerance }: RegressionGate): string {
  return tolerance === undefined ? name : `${name}:${tolerance}`
}

export function parsePair(pair: string, between: string): KeyValue | undefined {
  const at = pair.indexOf(between)
  return at < 1 ? undefined : { key: pair.slice(0, at), value: pair.slice(at + between.length) }
}
