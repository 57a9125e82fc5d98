import type { ListWords, OptionSpec } from './option-kinds.ts'
import { parseGate, type RegressionGate, showGate } from './option-values.ts'

/** `name` or `name:tolerance`, or the flag alone for every label. */
export function gates(spec: Omit<ListWords, 'expected'>): OptionSpec<readonly RegressionGate[], 'gates'> {
  return {
    kind: 'gates',
    ...spec,
    isValueOptional: true,
    expected: 'the name of an evaluator or a label, or name:tolerance, such as accuracy:0.02; files stand before it',
    expectedInConfig: "true, a name such as 'accuracy:0.02', or an array of them",
    default: [],
    read: (values, refuse) =>
      values.filter((value) => value !== 'false').map((value) => parseGate(value) ?? refuse(value)),
    textsOf(value) {
      if (typeof value === 'boolean') return [String(value)]
      const list: readonly unknown[] = Array.isArray(value) ? value : [value]
      return list.every((item) => typeof item === 'string') ? list : undefined
    },
    show: (values) => values.map(showGate).join(', '),
  }
}
