import { describe, expect, it } from 'vitest'
import { LlmobsExpError } from '../../../src/model/errors.ts'
import { renderError } from '../../../src/reporters/format/error.ts'
import { loadColors } from '../../../src/terminal/colors.ts'
import { drivesTerminal, hostileTexts } from '../../helpers/hostile.ts'

describe('an error', () => {
  it('is its code, message, place, source lines, hint and causes', () => {
    const cause = new SyntaxError('Expected ";" but found "taks"', { cause: new Error('while reading') })
    const error = new LlmobsExpError('E_MODULE_LOAD', './triage.ts cannot be compiled', {
      location: { file: './triage.ts', line: 3, column: 5 },
      codeFrame: '  2 | export default {\n> 3 |   taks: 1\n    |   ^\n',
      hint: 'did you mean task?',
      cause,
    })
    expect(renderError(error)).toMatchInlineSnapshot(`
      "error E_MODULE_LOAD: ./triage.ts cannot be compiled
        at ./triage.ts:3:5

          2 | export default {
        > 3 |   taks: 1
            |   ^

        hint: did you mean task?
        caused by: SyntaxError: Expected ";" but found "taks"
        caused by: Error: while reading
      "
    `)
  })

  it('is one line when there is no more to say', () => {
    expect(renderError(new LlmobsExpError('E_OPTION', '--jobs: expected a whole number from 1, got 0'))).toBe(
      'error E_OPTION: --jobs: expected a whole number from 1, got 0\n',
    )
  })

  it('that this tool did not expect is a defect, with its stack', () => {
    const error = new TypeError('x is not a function')
    error.stack = 'TypeError: x is not a function\n    at run (engine.js:1:2)\n    at main (main.js:3:4)'
    expect(renderError(error)).toMatchInlineSnapshot(`
      "error E_INTERNAL: TypeError: x is not a function
          at run (engine.js:1:2)
          at main (main.js:3:4)
      "
    `)
  })

  it.each([
    ['a string', 'oops', 'threw "oops"'],
    ['undefined', undefined, 'threw undefined'],
    ['an object', { a: 1 }, 'threw an object without a message: {"a":1}'],
  ])('may be %s', (_name, thrown, message) => {
    expect(renderError(thrown)).toContain(`error E_INTERNAL: ${message}\n`)
  })

  it('does not repeat a cause whose message it has already', () => {
    const cause = new Error('no key')
    const error = new LlmobsExpError('E_MODULE_LOAD', 'a.ts threw: Error: no key', { cause })
    expect(renderError(error)).toBe('error E_MODULE_LOAD: a.ts threw: Error: no key\n')
    expect(renderError(error, { debug: true })).toContain('caused by: Error: no key')
  })

  it('has the stacks of its causes when debugging', () => {
    const cause = new Error('boom')
    cause.stack = 'Error: boom\n    at task (triage.ts:7:9)'
    const error = new LlmobsExpError('E_MODULE_LOAD', 'it threw', { cause })
    expect(renderError(error)).not.toContain('triage.ts:7:9')
    expect(renderError(error, { debug: true })).toContain('    at task (triage.ts:7:9)\n')
  })

  it('has colours when it is given some', async () => {
    const text = renderError(new LlmobsExpError('E_USAGE', 'no'), { colors: await loadColors(1) })
    expect(text).toContain('\u001b[31m')
  })

  it('holds nothing a terminal acts upon', () => {
    for (const text of hostileTexts) {
      const error = new LlmobsExpError('E_DATASET_RECORD', text, {
        hint: text,
        codeFrame: text,
        location: { file: text },
        cause: Object.assign(new Error(text), { name: text }),
      })
      expect(renderError(error, { debug: true })).not.toMatch(drivesTerminal)
    }
  })
})
