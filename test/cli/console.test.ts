import { expect, test } from 'vitest'
import { cliProject } from '../helpers/cli.ts'
import { experiment, numbered } from '../helpers/modules.ts'

/** Lines of stderr that user code wrote. */
function said(stderr: string, pattern: RegExp): string[] {
  return stderr.split('\n').filter((line) => pattern.test(line))
}

test('what user code writes to stdout and to stderr comes in the order in which it was written', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`${numbered(1)} evaluators: {},
      task: () => { for (let n = 0; n < 20; n++) { console.log('out', n); console.error('err', n) } return 1 },`),
  })
  const { stderr } = await project.run(['run', 'exp.ts'])

  const expected = Array.from({ length: 20 }, (_, n) => [`out ${n}`, `err ${n}`]).flat()
  expect(said(stderr, /^(?:out|err) /)).toEqual(expected)
})

test('what user code wrote before it blocks its thread is seen', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`${numbered(1)} evaluators: {}, timeout: 300,
      task: () => { for (let n = 0; n < 5; n++) console.log('step', n); for (;;) {} },`),
  })
  const { stderr } = await project.run(['run', 'exp.ts'])

  expect(said(stderr, /^step /)).toEqual(['step 0', 'step 1', 'step 2', 'step 3', 'step 4'])
})

test('with --debug each line says which call of which row it comes from, also after waiting and in timers', async () => {
  const project = await cliProject({
    'exp.ts': experiment(
      `${numbered(2)} runs: 2,
      task: async (input) => {
        console.log('begins')
        await sleep(20)
        console.error('after waiting')
        await new Promise((go) => setTimeout(() => { console.log('in a timer'); go() }, 5))
        process.stdout.write('no line break')
        return input
      },
      evaluators: {
        same: ({ output, input }) => { console.log('compares'); return output === input },
        later: async () => { await sleep(1); console.log('judges'); return 1 },
      },
      summaryEvaluators: { count: () => { console.log('counts'); return 1 } },`,
      "import { setTimeout as sleep } from 'node:timers/promises'\nconsole.log('loads')",
    ),
  })
  const { exitCode, stderr } = await project.run(['run', 'exp.ts', '--debug'])

  const lines = said(stderr, /^\[|^loads/)
  const ofRow = (key: string, run: number): string[] => [
    `[${key}, run ${run}, task] begins`,
    `[${key}, run ${run}, task] after waiting`,
    `[${key}, run ${run}, task] in a timer`,
    `[${key}, run ${run}, evaluator same] compares`,
    `[${key}, run ${run}, evaluator later] judges`,
    `[${key}, run ${run}, task] no line break`,
  ]
  expect(exitCode).toBe(0)
  expect(lines[0]).toBe('loads')
  for (const run of [1, 2]) {
    for (const key of ['r0', 'r1']) {
      expect(lines.filter((line) => line.startsWith(`[${key}, run ${run},`))).toEqual(ofRow(key, run))
    }
  }
  expect(lines.filter((line) => line === '[summary evaluator count] counts')).toHaveLength(2)
})

test('U16: ten megabytes that are written at once all come, in order', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`${numbered(10)} evaluators: {},
      task: (input) => { for (let n = 0; n < 1000; n++) console.log(input * 1000 + n, 'x'.repeat(1000)); return input },`),
  })
  const { exitCode, stderr } = await project.run(['run', 'exp.ts'])

  expect(exitCode).toBe(0)
  expect(said(stderr, /^\d+ x{1000}$/).map((line) => Number.parseInt(line, 10))).toEqual(
    Array.from({ length: 10_000 }, (_, n) => n),
  )
})
