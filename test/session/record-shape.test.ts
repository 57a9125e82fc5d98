import { expect, test } from 'vitest'
import { createShape } from '../../src/session/record-shape.ts'

function typeOf(...values: readonly unknown[]): string {
  const shape = createShape()
  for (const value of values) shape.add(value)
  return shape.types().join(' | ')
}

test.each([
  [[], ''],
  [['a', 'b'], 'string'],
  [[1, null, 'a', true], 'number | string | boolean | null'],
  [[{ ticket: 'a' }, { ticket: 'b' }], '{ ticket: string }'],
  [[{ a: 1 }, { a: null, b: 'x' }], '{ a: number | null, b?: string }'],
  [[{}], '{}'],
  [[[]], 'unknown[]'],
  [[['a'], ['b', 'c']], 'string[]'],
  [[[1, 'a']], '(number | string)[]'],
  [[[{ a: 1 }]], '{ a: number }[]'],
  [[{ a: 1 }, 'x', [1], null], '{ a: number } | number[] | string | null'],
  [[{ 'not an identifier': 1 }], '{ "not an identifier": number }'],
  [[{ '\u001b[2J': 1 }], '{ "\\u001b[2J": number }'],
  [[{ a: { b: { c: { d: { e: 1 } } } } }], '{ a: { b: { c: { … } } } }'],
])('%j have the type %s', (values, type) => {
  expect(typeOf(...values)).toBe(type)
})

test('a wide object is cut', () => {
  const wide = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`k${index}`, index]))
  expect(typeOf(wide)).toBe(
    '{ k0: number, k1: number, k2: number, k3: number, k4: number, k5: number, k6: number, k7: number, … }',
  )
})

test('a key named __proto__ is one like any other', () => {
  expect(typeOf(JSON.parse('{"__proto__":{"polluted":1}}'))).toBe('{ __proto__: { polluted: number } }')
})
