import { expect, test } from 'vitest'
import { discover } from '../../src/load/discover.ts'
import { selectExperiments } from '../../src/load/select-experiments.ts'

const dataset = [{ input: 1 }]
const task = (input: unknown) => input

function found(namespace: object, file = 'my-exp.ts') {
  return discover(namespace, file).map(({ info }) => ({ info, file }))
}

const all = found({
  default: { name: 'a', dataset, task, variants: { small: {}, large: {} } },
  other: { name: 'b', dataset, task, variants: { large: {} } },
  plain: { name: 'c', dataset, task },
})

function names(only: string[]): string[] {
  return selectExperiments(all, only).map(({ info }) => info.name)
}

test.each([
  [[], ['a/small', 'a/large', 'b/large', 'c']],
  [['a/large'], ['a/large']],
  [['a'], ['a/small', 'a/large']],
  [['large'], ['a/large', 'b/large']],
  [['other'], ['b/large']],
  [['default'], ['a/small', 'a/large']],
  [
    ['c', 'small', 'a/small'],
    ['a/small', 'c'],
  ],
])('--only %j picks %j, in the order of the modules', (only, expected) => {
  expect(names(only)).toEqual(expected)
})

test('a word that picks nothing is refused, with the nearest name and all there are', () => {
  expect(() => names(['c', 'lage'])).toThrow(
    expect.objectContaining({
      code: 'E_UNKNOWN_EXPERIMENT',
      message: '--only "lage": there is no such experiment or variant',
      hint: 'did you mean "large"? There are: "a/small", "a/large", "b/large", "c"',
    }),
  )
})

test('two experiments of the same full name are refused, unless only one is picked', () => {
  const twins = [
    ...found({ default: { name: 'x', dataset, task } }, 'one.ts'),
    ...found({ twin: { name: 'x', dataset, task } }, 'two.ts'),
  ]
  expect(() => selectExperiments(twins, [])).toThrow(
    expect.objectContaining({
      code: 'E_DEFINITION',
      message:
        'expected a name of its own for each experiment, got "x" twice: export "default" of one.ts and export "twin" of two.ts',
    }),
  )
  expect(selectExperiments(twins, ['twin']).map(({ file }) => file)).toEqual(['two.ts'])
})
