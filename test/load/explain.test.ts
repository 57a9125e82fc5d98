import { expect, test } from 'vitest'
import { explainLoadError } from '../../src/load/explain.ts'
import { LlmobsExpError } from '../../src/model/errors.ts'

test('the first frame in a file of the user gives the place', () => {
  const thrown = new TypeError('no key')
  const explained = explainLoadError(thrown, './my-exp.ts')
  expect(explained).toMatchObject({
    code: 'E_MODULE_LOAD',
    message: './my-exp.ts threw while it was loading: TypeError: no key',
    location: { file: import.meta.filename, line: 6, column: 18 },
    cause: thrown,
  })
  expect(explained.codeFrame).toContain("> 6 |   const thrown = new TypeError('no key')")
})

test('an error of this tool stays what it is and gets the place', () => {
  const thrown = new LlmobsExpError('E_DEFINITION', 'two evaluators are named "a"', { hint: 'rename one' })
  expect(explainLoadError(thrown, 'my-exp.ts')).toMatchObject({
    code: 'E_DEFINITION',
    message: 'two evaluators are named "a"',
    hint: 'rename one',
    location: { file: import.meta.filename, line: 18 },
  })
})

test('an error of this tool that has its place is left alone', () => {
  const thrown = new LlmobsExpError('E_DATASET_FILE', 'no such file', { location: { file: 'x.jsonl' } })
  expect(explainLoadError(thrown, 'my-exp.ts')).toBe(thrown)
})

test('frames of packages, of Node and of this tool are no place of the user', () => {
  const thrown = new Error('deep')
  thrown.stack = `Error: deep
    at inner (file://${import.meta.dirname}/node_modules/x/index.js:1:1)
    at ModuleJob.run (node:internal/modules/esm/module_job:325:25)
    at async file://${import.meta.dirname.replace(/test(.)load$/, 'src$1load')}/explain.ts:3:1`
  expect(explainLoadError(thrown, 'my-exp.ts').location).toEqual({ file: 'my-exp.ts' })
})

const unreadable = new Proxy(
  {},
  {
    get: () => {
      throw new Error('no')
    },
  },
)

test.each([
  ['text\u001b[2J', '"text\\u001b[2J"'],
  [undefined, 'undefined'],
  [null, 'null'],
  [42n, 'the bigint 42'],
  [{}, 'an object without a message'],
  [{ message: 'plain' }, 'plain'],
  [unreadable, 'an object without a message'],
  [new Error('one\ntwo'), 'Error: one'],
])('anything that is thrown is told (%#)', (thrown, told) => {
  const explained = explainLoadError(thrown, 'my-exp.ts')
  expect(explained.message).toBe(`my-exp.ts threw while it was loading: ${told}`)
  expect(explained.code).toBe('E_MODULE_LOAD')
})
