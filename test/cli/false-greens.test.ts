import { expect, test } from 'vitest'
import { cliProject } from '../helpers/cli.ts'
import { experiment, numbered, passing } from '../helpers/modules.ts'

/** Each of these exits 0 in some other runner; `docs/peers.md` says in which. */
const falseGreens: {
  [what: string]: {
    readonly text: string
    readonly args?: readonly string[]
    readonly code: number
    readonly says: RegExp
  }
} = {
  'a syntax error': { text: 'export default {{\n', code: 2, says: /E_MODULE_LOAD.*exp\.ts:1/s },
  'a top-level await that rejects': {
    text: experiment(`${numbered(3)} ${passing}`, "await Promise.reject(new Error('no key'))"),
    code: 2,
    says: /E_MODULE_LOAD.*no key/s,
  },
  'no files': {
    text: experiment(`${numbered(3)} ${passing}`),
    args: ['nothing/*.ts'],
    code: 2,
    says: /E_FILE_NOT_FOUND.*nothing\/\*\.ts/s,
  },
  'a filter that matches nothing': {
    text: experiment(`${numbered(3)} ${passing}`),
    args: ['exp.ts', '--filter', 'lang=xx'],
    code: 2,
    says: /no record matches --filter lang=xx/,
  },
  'an evaluator that throws on every row': {
    text: experiment(
      `${numbered(3)} task: (input) => input, evaluators: { broken: () => { throw new Error('bad judge') } },`,
    ),
    code: 1,
    says: /rows with errors: 3 of 3.*exp.*3 of 3 rows have errors/s,
  },
  'one row that throws': {
    text: experiment(
      `${numbered(50)} task: (input) => { if (input === 7) throw new Error('boom'); return input },
      evaluators: { same: ({ output, expectedOutput }) => output === expectedOutput },`,
    ),
    code: 1,
    says: /1 of 50 rows has errors/,
  },
  'no tests at all': { text: experiment(`dataset: [], ${passing}`), code: 2, says: /no records/ },
}

test.each(Object.entries(falseGreens))('%s is not green', async (_what, { text, args = ['exp.ts'], code, says }) => {
  const project = await cliProject({ 'exp.ts': text })
  const { exitCode, stdout, stderr, lastLine } = await project.run(['run', ...args])

  expect(`${stdout}\n${stderr}`).toMatch(says)
  expect(exitCode).toBe(code)
  expect(lastLine).not.toMatch(/passed/)
})

test('an interruption is not green', async () => {
  const project = await cliProject({
    'exp.ts': experiment(
      `${numbered(20)} task: (input, { signal }) => new Promise((_resolve, reject) => {
        console.error('waiting')
        signal.addEventListener('abort', () => reject(signal.reason))
      }),
      evaluators: {},`,
    ),
  })
  const run = project.start(['run', 'exp.ts'])
  await run.prints(/waiting/)
  run.signal('SIGINT')
  const { exitCode, lastLine } = await run.ended

  expect(exitCode).toBe(130)
  expect(lastLine).toContain('llmobs-exp resume')
})
