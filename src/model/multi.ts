import type { Multi } from './evaluation.ts'

/** Registered, so that a value made by another copy of this package is recognised too. */
const multiMark: unique symbol = Symbol.for('llmobs-exp.multi')

/** Makes an object the several values of one evaluator. The mark does not show when the object is listed or written as JSON. */
export function markMulti<M extends object>(values: M): asserts values is M & Multi<M> {
  Object.defineProperty(values, multiMark, { value: true })
}

/** Whether an evaluator returned several values; see `multi`. */
export function isMulti(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && Reflect.get(value, multiMark) === true
}
