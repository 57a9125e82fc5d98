import { expect, test } from 'vitest'
import { cliProject } from '../helpers/cli.ts'
import { experiment, numbered, passing } from '../helpers/modules.ts'
import { startFake } from '../helpers/pushed.ts'

const good = `${numbered(3)} ${passing}`

const wrong: { [what: string]: { text: string; says: (string | RegExp)[] } } = {
  'U15: a syntax error': {
    text: 'export default {\n  name: "x",,\n}\n',
    says: ['E_MODULE_LOAD', 'exp.ts:2:', 'name: "x",,'],
  },
  'U15: a package that is not installed': {
    text: 'import "no-such-package"\n',
    says: ['no-such-package', 'exp.ts:1:'],
  },
  'U15: a module without an experiment': { text: 'export const x = 1\n', says: ['E_NO_EXPERIMENT', 'exp.ts'] },
  'U15: a default export that is no definition': { text: 'export default 7\n', says: ['exp.ts', '7'] },
  'U15: a task that is not a function': {
    text: experiment(`${numbered(1)} task: 'x', evaluators: {},`),
    says: ['E_DEFINITION', 'task', 'function'],
  },
  'U15: a definition without a dataset': {
    text: experiment('task: () => 1, evaluators: {},'),
    says: ['E_DEFINITION', 'dataset'],
  },
  'U15: a misspelt member': {
    text: experiment(`${good} evaluaters: {},`),
    says: ['E_DEFINITION', 'evaluaters', 'evaluators'],
  },
  'U15: a threshold on nothing': { text: experiment(`${good} thresholds: { smae: 1 },`), says: ['smae', 'same'] },
  'a top-level throw': { text: experiment(good, "throw new Error('no network')"), says: ['no network', 'exp.ts:2:'] },
  'a top-level rejection': { text: experiment(good, "await Promise.reject(new Error('no key'))"), says: ['no key'] },
  'U10: process.exit(0) at the top level': {
    text: experiment(good, 'process.exit(0)'),
    says: ['process.exit', 'E_MODULE_EXIT'],
  },
  'U19: an evaluator named __proto__': {
    text: experiment(`${numbered(1)} task: () => 1, evaluators: { ['__proto__']: () => 1 },`),
    says: ['__proto__'],
  },
  'U19: an evaluator named constructor': {
    text: experiment(`${numbered(1)} task: () => 1, evaluators: { constructor: () => 1 },`),
    says: ['constructor'],
  },
  'U19: an evaluator without a name': {
    text: experiment(`${numbered(1)} task: () => 1, evaluators: { '': () => 1 },`),
    says: ['evaluators'],
  },
  'U19: two evaluators of one name': {
    text: experiment(
      `${numbered(1)} task: () => 1, evaluators: byName({ name: 'judge', evaluate: () => 1 }, { name: 'judge', evaluate: () => 2 }),`,
      "import { byName } from 'llmobs-exp'",
    ),
    says: ['E_DEFINITION', 'judge'],
  },
  'U19: an evaluator whose name has 300 characters': {
    text: experiment(`${numbered(1)} task: () => 1, evaluators: { ['x'.repeat(300)]: () => 1 },`),
    says: ['at most 200 characters, got 300'],
  },
  'U19: an evaluator named a.b': {
    text: experiment(`${numbered(1)} task: () => 1, evaluators: { 'a.b': () => 1 },`),
    says: ['a.b'],
  },
}

test.each(Object.entries(wrong))(
  '%s exits 2, says where, and leaves nothing in the store',
  async (_what, { text, says }) => {
    const project = await cliProject({ 'exp.ts': text })
    const fake = await startFake()
    const { exitCode, stdout, stderr } = await project.run(['run', 'exp.ts'], { env: fake.env })

    for (const part of says) expect(stderr).toMatch(part instanceof RegExp ? part : new RegExp(literally(part)))
    expect(stderr).not.toContain('defect')
    expect(exitCode).toBe(2)
    expect(stdout).toBe('')
    expect(project.stored()).toEqual([])
    // Its keys are checked meanwhile.
    expect(fake.requests.filter(({ method }) => method !== 'GET')).toEqual([])
  },
)

test('U19: an evaluator named as what every object has is one like any other, and pollutes nothing', async () => {
  const project = await cliProject({
    'exp.ts': experiment(
      `${numbered(2)} task: () => ({}).polluted === undefined, evaluators: { toString: ({ output }) => output, valueOf: () => 'x' },`,
    ),
  })
  const { exitCode, stdout } = await project.run(['run', 'exp.ts', '--reporter', 'json'])

  expect(exitCode).toBe(0)
  expect(project.only().rows.map(({ output }) => output)).toEqual([true, true])
  expect(JSON.parse(stdout).experiments[0].runs[0].evaluators).toMatchObject([
    { label: 'toString', value: 1, scored: 2 },
    { label: 'valueOf', counts: [{ value: 'x', count: 2 }] },
  ])
})

test('a file that is not there exits 2 and names it', async () => {
  const project = await cliProject({ 'exp.ts': experiment(good) })
  const { exitCode, stderr } = await project.run(['run', 'expp.ts'])

  expect(exitCode).toBe(2)
  expect(stderr).toContain('E_FILE_NOT_FOUND')
  expect(stderr).toContain('expp.ts')
  expect(project.stored()).toEqual([])
})

test('a second file that does not load keeps the first from being run', async () => {
  const project = await cliProject({ 'a.ts': experiment(good), 'b.ts': "throw new Error('b is broken')\n" })
  const { exitCode, stderr } = await project.run(['run', 'a.ts', 'b.ts'])

  expect(exitCode).toBe(2)
  expect(stderr).toContain('b is broken')
  expect(project.stored()).toEqual([])
})

test('a dataset file that is not there exits 2 and names it', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`dataset: jsonl('./missing.jsonl'), ${passing}`, "import { jsonl } from 'llmobs-exp'"),
  })
  const { exitCode, stderr } = await project.run(['run', 'exp.ts'])

  expect(exitCode).toBe(2)
  expect(stderr).toContain('missing.jsonl')
  expect(project.stored()).toEqual([])
})

test('a module that never finishes loading ends with the first signal, exit 2', async () => {
  const project = await cliProject({
    'exp.ts': experiment(good, "console.error('loading'); await new Promise(() => {})"),
  })
  const cli = project.start(['run', 'exp.ts'])
  await cli.prints(/loading/)
  cli.signal('SIGINT')
  const { exitCode, stderr } = await cli.ended

  expect(exitCode).toBe(2)
  expect(stderr).toContain('ended by SIGINT before any task was started')
  expect(project.stored()).toEqual([])
})

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
