import { expect, test } from 'vitest'
import { type CliProject, cliProject } from '../helpers/cli.ts'
import { experiment, numbered, passing } from '../helpers/modules.ts'

async function keysOf(project: CliProject, args: readonly string[]): Promise<string[]> {
  const before = project.stored().length
  const { exitCode, stderr } = await project.run(['run', 'exp.ts', ...args])
  expect([exitCode, stderr]).toEqual([0, expect.anything()])
  const rows = project.stored()[before]?.rows ?? []
  return rows.map(({ key }) => key).sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)))
}

test('--sample-size takes the first records, or all where there are fewer', async () => {
  const project = await cliProject({ 'exp.ts': experiment(`${numbered(30)} ${passing}`) })

  expect(await keysOf(project, ['-n', '3'])).toEqual(['r0', 'r1', 'r2'])
  expect(await keysOf(project, ['--sample-size', '99'])).toHaveLength(30)
})

test('--sample-seed draws a sample that the same seed draws again', async () => {
  const project = await cliProject({ 'exp.ts': experiment(`${numbered(30)} ${passing}`) })
  const draw = (seed: string) => keysOf(project, ['-n', '5', '--sample-seed', seed])
  const first = await draw('1')

  expect(first).toHaveLength(5)
  expect(new Set(first).size).toBe(5)
  expect(await draw('1')).toEqual(first)
  expect(await draw('2')).not.toEqual(first)
})

test('--record takes the records with these ids', async () => {
  const project = await cliProject({ 'exp.ts': experiment(`${numbered(30)} ${passing}`) })

  expect(await keysOf(project, ['--record', 'r7', '--record', 'r21'])).toEqual(['r7', 'r21'])
})

test('--record with an id that no record has is told, and the others run', async () => {
  const project = await cliProject({ 'exp.ts': experiment(`${numbered(30)} ${passing}`) })
  const { exitCode, stderr } = await project.run(['run', 'exp.ts', '--record', 'r7', '--record', 'r77'])

  expect(exitCode).toBe(0)
  expect(stderr).toContain('warning W_UNKNOWN_RECORD: --record "r77": no record has this id or key; did you mean "r7"?')
  expect(project.only().rows.map(({ key }) => key)).toEqual(['r7'])
  expect(project.only().events.filter(({ code }) => code === 'W_UNKNOWN_RECORD')).toHaveLength(1)
})

test.each([
  [['--record', 'q7'], /no record matches --record q7 \(did you mean "r7"\?\)/],
  [['--filter', 'lnag=fr'], /no record matches --filter lnag=fr \(no record has "lnag"; did you mean "lang"\?\)/],
])('%o matches nothing, exits 2 and says what may have been meant', async (args, says) => {
  const project = await cliProject({ 'exp.ts': experiment(tagged.replaceAll("id: 'r3'", "id: 'r7'")) })
  const { exitCode, lastLine } = await project.run(['run', 'exp.ts', ...args])

  expect(exitCode).toBe(2)
  expect(lastLine).toMatch(says)
  expect(project.stored()).toEqual([])
})

test('--record takes a record without an id by the key that was printed for it', async () => {
  const project = await cliProject({
    'exp.ts': experiment('dataset: [{ input: 1 }, { input: 2 }], task: (input) => input, evaluators: {},'),
  })
  const [, wanted = ''] = await keysOf(project, [])

  expect(await keysOf(project, ['--record', wanted])).toEqual([wanted])
})

const tagged = `dataset: [
  { id: 'r1', input: 1, metadata: { lang: 'fr', n: 1, deep: { a: 'x' } }, tags: ['tier:gold'] },
  { id: 'r2', input: 2, metadata: { lang: 'de', n: 1 }, tags: ['tier:gold'] },
  { id: 'r3', input: 3, metadata: { lang: 'fr', n: 2 } },
], task: (input) => input, evaluators: {},`

test.each([
  { args: ['--filter', 'lang=fr'], keys: ['r1', 'r3'] },
  { args: ['--filter', 'lang=fr', '--filter', 'n=1'], keys: ['r1'] },
  { args: ['--filter', 'tier=gold'], keys: ['r1', 'r2'] },
  { args: ['--filter', 'metadata.deep.a=x'], keys: ['r1'] },
])('$args takes $keys', async ({ args, keys }) => {
  const project = await cliProject({ 'exp.ts': experiment(tagged) })

  expect(await keysOf(project, args)).toEqual(keys)
})

test('--filter over several runs takes the same records in each, and passes', async () => {
  const project = await cliProject({ 'exp.ts': experiment(tagged) })

  expect(await keysOf(project, ['--filter', 'lang=fr', '--runs', '2'])).toEqual(['r1', 'r1', 'r3', 'r3'])
})

test('--config replaces values that task and evaluators see, and the manifest keeps them', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`${numbered(1)} config: { model: 'small', temperature: 0, limits: { tokens: 1 } },
      task: (_input, { config }) => config, evaluators: { model: ({ config }) => config.model },`),
  })
  const args = ['--config', 'model=large-2', '--config', 'temperature=0.5', '--config', 'limits.tokens=400']
  const { exitCode } = await project.run(['run', 'exp.ts', ...args])

  const { rows, manifest } = project.only()
  const config = { model: 'large-2', temperature: 0.5, limits: { tokens: 400 } }
  expect(exitCode).toBe(0)
  expect(rows[0]?.output).toEqual(config)
  expect(rows[0]?.evaluations.model?.evaluations?.[0]).toMatchObject({ type: 'categorical', value: 'large-2' })
  expect(JSON.parse(manifest.definition.config)).toEqual(config)
})

test('--config with a new key that looks like an old one is told once, and runs', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`${numbered(1)} ${passing} config: { limits: { tokens: 1 } }, variants: { a: {}, b: {} },`),
  })
  const { exitCode, stderr } = await project.run(['run', 'exp.ts', '--config', 'limits.token=5'])

  expect(exitCode).toBe(0)
  expect(stderr.match(/W_CONFIG_KEY.*/g)).toEqual([
    'W_CONFIG_KEY: --config: "limits.token" is new in the config; did you mean "limits.tokens"?',
  ])
})

test('--tag adds to the tags of the definition and replaces those with its key', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`${numbered(1)} ${passing} tags: { team: 'a', kind: 'x' },`),
  })
  await project.run(['run', 'exp.ts', '--tag', 'team:b', '--tag', 'branch:main:1'])

  expect(project.only().manifest.definition.tags).toEqual({ team: 'b', kind: 'x', branch: 'main:1' })
})

const variants = `${numbered(3)} config: { model: 'small' }, task: (input, { config }) => config.model,
  evaluators: {}, variants: { small: {}, large: { config: { model: 'large' } }, fixed: { task: () => 'own task' } },`

test('every variant is an experiment of its own, in written order and in one group', async () => {
  const project = await cliProject({ 'exp.ts': experiment(variants) })
  const { exitCode, lastLine, stdout } = await project.run(['run', 'exp.ts'])

  const stored = project.stored()
  expect(exitCode).toBe(0)
  expect(lastLine).toMatch(/^passed: exp\/small \(3 of 3 experiments\); look at it: llmobs-exp show /)
  expect(stored.map(({ manifest }) => manifest.definition.name)).toEqual(['exp/small', 'exp/large', 'exp/fixed'])
  expect(stored.map(({ rows }) => rows[0]?.output)).toEqual(['small', 'large', 'own task'])
  expect(new Set(stored.map(({ manifest }) => manifest.groupId)).size).toBe(1)
  expect(stdout.match(/passed exp\/\w+/g)).toEqual(['passed exp/small', 'passed exp/large', 'passed exp/fixed'])
})

test.each([
  [['large'], ['exp/large']],
  [
    ['exp/fixed', 'small'],
    ['exp/small', 'exp/fixed'],
  ],
  [['exp'], ['exp/small', 'exp/large', 'exp/fixed']],
])('--only %s runs %s', async (only, names) => {
  const project = await cliProject({ 'exp.ts': experiment(variants) })
  await project.run(['run', 'exp.ts', ...only.flatMap((name) => ['--only', name])])

  expect(project.stored().map(({ manifest }) => manifest.definition.name)).toEqual(names)
})

test('several files and globs run one after another in written order, each file once', async () => {
  const one = (name: string): string => experiment(`${numbered(2)} ${passing}`, '', name)
  const project = await cliProject({
    'z.ts': one('z'),
    'more/a.ts': one('a'),
    'more/b.mjs': one('b'),
    'more/c.txt': 'x',
  })
  const { exitCode } = await project.run(['run', 'z.ts', 'more/*.{ts,mjs}', './z.ts'])

  expect(exitCode).toBe(0)
  expect(project.stored().map(({ manifest }) => manifest.definition.name)).toEqual(['z', 'a', 'b'])
})

test('with several experiments the worst exit code counts, and the last line speaks of that one', async () => {
  const project = await cliProject({
    'a.ts': experiment(`${numbered(2)} ${passing}`, '', 'good'),
    'b.ts': experiment(`${numbered(2)} task: () => { throw new Error('no') }, evaluators: {},`, '', 'bad'),
    'c.ts': experiment(`${numbered(2)} ${passing}`, '', 'last'),
  })
  const { exitCode, lastLine } = await project.run(['run', 'a.ts', 'b.ts', 'c.ts'])

  expect(exitCode).toBe(1)
  expect(lastLine).toMatch(/^failed: bad: 2 of 2 rows have errors.* \(1 of 3 experiments\)/)
  expect(project.stored().map(({ rows }) => rows.length)).toEqual([2, 2, 2])
})

test('an experiment that user code ends leaves those after it planned, and the exit code is 4', async () => {
  const project = await cliProject({
    'a.ts': experiment(`${numbered(2)} task: () => process.exit(0), evaluators: {},`, '', 'first'),
    'b.ts': experiment(`${numbered(2)} ${passing}`, '', 'second'),
  })
  const { exitCode } = await project.run(['run', 'a.ts', 'b.ts'])

  expect(exitCode).toBe(4)
  expect(project.stored().map(({ manifest }) => manifest.state.status)).toEqual(['finished', 'planned'])
})

test('check says what a misspelt selection may have meant, as run does', async () => {
  const project = await cliProject({ 'exp.ts': experiment(tagged) })
  const none = await project.run(['check', 'exp.ts', '--record', 'q1'])
  const some = await project.run(['check', 'exp.ts', '--record', 'r1', '--record', 'q1'])

  expect([none.exitCode, none.stderr]).toEqual([2, expect.stringContaining('did you mean "r1"?')])
  expect([some.exitCode, some.stderr]).toEqual([0, expect.stringContaining('W_UNKNOWN_RECORD: --record "q1"')])
})
