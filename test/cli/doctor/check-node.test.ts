import { expect, it } from 'vitest'
import { isAtLeast } from '../../../src/cli/doctor/check-node.ts'

it.each([
  ['20.19.0', true],
  ['20.20.2', true],
  ['22.0.0', true],
  ['20.18.3', false],
  ['18.20.4', false],
])('Node %s against >=20.19: %s', (version, supported) => {
  expect(isAtLeast(version, '>=20.19')).toBe(supported)
})
