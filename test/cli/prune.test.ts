import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type CliProject, cliProject } from '../helpers/cli.ts'
import { experiment, numbered, passing } from '../helpers/modules.ts'

const store = '.llmobs-exp'

function ids(project: CliProject): string[] {
  return project.stored().map(({ id }) => id)
}

/** A project that ran `often` three times, then `rarely`, then `often` once more. */
async function filledProject(): Promise<CliProject> {
  const project = await cliProject({
    'often.ts': experiment(`${numbered(3)} ${passing}`, '', 'often'),
    'rarely.ts': experiment(`${numbered(3)} ${passing}`, '', 'rarely'),
  })
  await project.run(['run', 'rarely.ts', 'often.ts', '--quiet'])
  const often = ids(project).at(-1) ?? ''
  for (const day of [1, 2, 3]) copyExperiment(project, often, `2020010${day}t000000-aaaaaa`)
  return project
}

/** As if the experiment had been run before. */
function copyExperiment(project: CliProject, from: string, to: string): void {
  const folder = join(store, 'experiments', to)
  cpSync(join(project.folder, store, 'experiments', from), join(project.folder, folder), { recursive: true })
  const manifest = project.read(join(folder, 'manifest.json'))
  project.write(join(folder, 'manifest.json'), manifest.replace(/("(?:experimentId|groupId)": )"[^"]+"/g, `$1"${to}"`))
}

test('prune --keep removes all but the newest of each name, and says what was freed', async () => {
  const project = await filledProject()
  const [oldest, second, third, rare, newest] = ids(project)
  const { exitCode, stdout, stderr } = await project.run(['prune', '--keep', '1'])

  expect([exitCode, stderr]).toEqual([0, ''])
  expect(ids(project)).toEqual([rare, newest])
  expect(stdout.split('\n')).toEqual([
    expect.stringMatching(new RegExp(`^removed ${third}  [\\d.]+ KB  often$`)),
    expect.stringMatching(new RegExp(`^removed ${second}  [\\d.]+ KB  often$`)),
    expect.stringMatching(new RegExp(`^removed ${oldest}  [\\d.]+ KB  often$`)),
    expect.stringMatching(/^removed 3 experiments, freed [\d.]+ KB; 2 experiments left$/),
    '',
  ])
  expect(readdirSync(join(project.folder, store)).sort()).toEqual(['.gitignore', 'experiments'])
})

test('prune --dry-run says the same and removes nothing', async () => {
  const project = await filledProject()
  const { exitCode, stdout } = await project.run(['prune', '--keep', '1', '--dry-run'])

  expect(exitCode).toBe(0)
  expect(stdout.match(/^would remove \d{8}t/gm)).toHaveLength(3)
  expect(stdout).toMatch(/^would remove 3 experiments, free [\d.]+ KB; 2 experiments left$/m)
  expect(ids(project)).toHaveLength(5)
})

test('prune --name touches nothing else, and names what was meant by a misspelt one', async () => {
  const project = await filledProject()
  const misspelt = await project.run(['prune', '--keep', '0', '--name', 'rarley'])
  const { exitCode } = await project.run(['prune', '--keep', '0', '--name', 'rarely'])

  expect(misspelt.exitCode).toBe(2)
  expect(misspelt.stderr).toContain('did you mean "rarely"?')
  expect(exitCode).toBe(0)
  expect(project.stored().map(({ manifest }) => manifest.definition.name)).toEqual(Array(4).fill('often'))
})

test.each([
  [[], '--keep: expected a whole number from 0 to 1000000, got nothing'],
  [['--keep', '-1'], '--keep: expected a whole number from 0 to'],
  [['--keep', 'all'], '--keep: expected a whole number from 0 to'],
  [['--kep', '1'], 'did you mean --keep?'],
])('prune %j exits 2 and removes nothing', async (args, says) => {
  const project = await cliProject({ 'exp.ts': experiment(`${numbered(3)} ${passing}`) })
  await project.run(['run', 'exp.ts'])
  const { exitCode, stderr } = await project.run(['prune', ...args])

  expect(exitCode).toBe(2)
  expect(stderr).toContain(says)
  expect(ids(project)).toHaveLength(1)
})

test('C5: prune leaves an experiment that is being written, and removes it once its process was killed', async () => {
  const project = await cliProject({
    'exp.ts': experiment(
      `${numbered(3)} task: async (input) => { if (input === 2) await new Promise((go) => setTimeout(go, 60_000)); return input }, evaluators: {},`,
    ),
  })
  const cli = project.start(['run', 'exp.ts'])
  await cli.until(() => project.logFile() !== undefined && project.only().events.length > 5)
  const listed = await project.run(['list'])
  const during = await project.run(['prune', '--keep', '0'])
  const duringIds = ids(project)
  cli.signal('SIGKILL')
  await cli.ended
  const killed = await project.run(['list'])
  const after = await project.run(['prune', '--keep', '0'])

  expect([during.exitCode, duringIds.length]).toEqual([0, 1])
  expect(during.stdout).toContain('exp: the command that writes it may still be running')
  expect([listed.stdout, killed.stdout]).toEqual([
    expect.stringContaining(' running '),
    expect.stringContaining(' unfinished '),
  ])
  expect(after.stdout).toContain('removed 1 experiment,')
  expect(ids(project)).toEqual([])
})

test.each([
  ['of another machine', JSON.stringify({ pid: 1, host: `not-${hostname()}` })],
  ['that cannot be read', '{'],
])('prune leaves an experiment with a lock %s', async (_what, lock) => {
  const project = await cliProject({ 'exp.ts': experiment(`${numbered(3)} ${passing}`) })
  await project.run(['run', 'exp.ts'])
  project.write(join(store, 'experiments', project.only().id, 'lock'), lock)
  const { stdout } = await project.run(['prune', '--keep', '0'])

  expect(stdout).toContain('may still be running')
  expect(ids(project)).toHaveLength(1)
})

test('K3: a damaged folder is named by prune and list, and never deleted', async () => {
  const project = await filledProject()
  const newest = ids(project).at(-1) ?? ''
  const folder = join(store, 'experiments', newest)
  project.write(join(folder, 'manifest.json'), '{"v": 1')
  const { exitCode, stdout } = await project.run(['prune', '--keep', '0'])
  const listed = await project.run(['list'])
  const found = await project.run(['show', 'latest:rarely'])

  expect(exitCode).toBe(0)
  expect(stdout).toContain(`left as it is, delete it yourself if you do not need it: ${join(project.folder, folder)}: `)
  expect(readdirSync(join(project.folder, store, 'experiments'))).toEqual([newest])
  expect(listed.stdout).toMatch(new RegExp(`^${newest}  damaged .*manifest\\.json`, 'm'))
  expect(found.exitCode).toBe(2)
})

test('K3: latest:<name> is found beside a newer damaged experiment, with a warning', async () => {
  const project = await filledProject()
  const [, , , rare, newest = ''] = ids(project)
  project.write(join(store, 'experiments', newest, 'manifest.json'), '')
  const { exitCode, stdout, stderr } = await project.run(['show', 'latest:rarely'])

  expect(exitCode).toBe(0)
  expect(stdout).toContain(rare)
  expect(stderr).toContain(
    `W_PASSED_OVER: there are newer experiments that cannot be read, and may be meant: ${newest}`,
  )
})

test('what a prune that was killed had begun to delete is no experiment, and goes with the next', async () => {
  const project = await filledProject()
  const left = join(project.folder, store, 'trash', 'some-experiment')
  mkdirSync(left, { recursive: true })
  writeFileSync(join(left, 'events.jsonl'), 'x'.repeat(2_000_000))
  const listed = await project.run(['list'])
  const { stdout } = await project.run(['prune', '--keep', '9'])

  expect(listed.stdout).toMatch(/^5 experiments, [\d.]+ KB in/m)
  expect(stdout).toBe('removed 0 experiments, freed 2.00 MB; 5 experiments left\n')
  expect(existsSync(left)).toBe(false)
})

test('kill -9 in the middle of a prune leaves whole experiments only', async () => {
  const project = await cliProject({ 'exp.ts': experiment(`${numbered(3)} ${passing}`) })
  await project.run(['run', 'exp.ts'])
  const [first] = project.stored()
  for (let number = 0; number < 60; number++) {
    copyExperiment(project, first?.id ?? '', `20200101t000000-${String(number).padStart(6, '0')}`)
  }
  const cli = project.start(['prune', '--keep', '1'])
  await cli.prints(/(removed .*\n){5}/, 'stdout')
  cli.signal('SIGKILL')
  await cli.ended

  // Reading the store checks every log and manifest of it.
  const left = project.stored().length
  expect(left).toBeGreaterThan(1)
  const { exitCode } = await project.run(['prune', '--keep', '1'])
  expect([exitCode, ids(project)]).toEqual([0, [first?.id]])
  expect(existsSync(join(project.folder, store, 'trash'))).toBe(false)
})

test('prune and list fit a terminal of 40 columns, and name everything there too', async () => {
  const project = await filledProject()
  const listed = await project.pty('llmobs-exp list', { columns: 40 }).ended
  const { stdout } = await project.pty('llmobs-exp prune --keep 1', { columns: 40 }).ended

  const [newest] = ids(project).slice(-1)
  expect(listed.stdout.split('\r\n').slice(0, 2)).toEqual([
    newest,
    expect.stringMatching(/^ {2}passed, 3 rows, .* KB, often$/),
  ])
  expect(stdout).toMatch(/^removed \S+ [\d.]+ KB\r\noften/m)
  const lines = [...listed.stdout.split('\r\n'), ...stdout.split('\r\n')]
  // The folder of the store is one long word.
  expect(lines.filter((line) => line.length > 40 && !line.includes(project.folder))).toEqual([])
})

test('an empty store has nothing to prune', async () => {
  const project = await cliProject()
  const { exitCode, stdout } = await project.run(['prune', '--keep', '3'], { env: { CI: '1' } })

  expect([exitCode, stdout]).toEqual([0, 'removed 0 experiments, freed 0 B; 0 experiments left\n'])
  expect(project.exists(store)).toBe(false)
})
