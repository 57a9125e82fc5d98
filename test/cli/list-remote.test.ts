import { expect, test } from 'vitest'
import { type CliProject, cliProject } from '../helpers/cli.ts'
import type { FakeDatadog } from '../helpers/fake-datadog/fake-datadog.ts'
import { startFake } from '../helpers/pushed.ts'

const COMMIT = `abc123${'0'.repeat(34)}`

interface Listing {
  readonly fake: FakeDatadog
  readonly project: CliProject
  list(args?: readonly string[]): ReturnType<CliProject['run']>
}

/** Three experiments of one project, the oldest first, and one of another. */
async function seeded(pageSize = 2): Promise<Listing> {
  const fake = await startFake({ pageSize })
  const [support, other] = ['support', 'other'].map((name) => fake.seed.project({ name }).id)
  const add = (id: string, name: string, tags: readonly string[], projectId = support) =>
    fake.seed.experiment({ id, projectId: projectId ?? '', name, status: 'completed', metadata: { tags: [...tags] } })
  add('one', 'triage', [`git.commit.sha:${COMMIT}`, 'team:a'])
  add('two', 'triage', ['git.commit.sha:def456', 'team:a'])
  add('three', 'capitals', [`git.commit.sha:${COMMIT}`, 'team:b'])
  add('four', 'elsewhere', ['team:a'], other)
  const project = await cliProject()
  const env = { ...fake.env, DD_LLMOBS_PROJECT_NAME: 'support' }
  return { fake, project, list: (args = []) => project.run(['list', '--remote', ...args], { env }) }
}

async function idsOf({ list }: Listing, ...args: readonly string[]): Promise<string[]> {
  const { stdout } = await list([...args, '--json'])
  const { experiments } = JSON.parse(stdout)
  return experiments.map(({ id }: { id: string }) => id)
}

test('experiments are listed, the newest first, each with its link', async () => {
  const { list, project } = await seeded()
  const { exitCode, stdout, stderr } = await list()
  const lines = stdout.split('\n')
  expect([exitCode, stderr]).toEqual([0, ''])
  expect(lines[0]).toMatch(/^experiment +status +made +rows +errors +name$/)
  expect(lines[1]).toMatch(/^three +completed +\d{4}-\d\d-\d\d \d\d:\d\dZ +0 +0 +capitals$/)
  expect(lines[2]).toBe('  https://app.datadoghq.com/llm/experiments/three')
  expect([1, 3, 5].map((line) => lines[line]?.split(' ')[0])).toEqual(['three', 'two', 'one'])
  expect(stdout).toMatch(/\n3 experiments of project support\n$/)
  expect(project.exists('.llmobs-exp')).toBe(false)
})

test('vector 38: they are found by name, by tags, and by commit, whole or the beginning of it', async () => {
  const listing = await seeded()
  expect(await idsOf(listing, '--name', 'triage')).toEqual(['two', 'one'])
  expect(await idsOf(listing, '--tag', 'team:a')).toEqual(['two', 'one'])
  expect(await idsOf(listing, '--tag', 'team:a', '--tag', `git.commit.sha:${COMMIT}`)).toEqual(['one'])
  expect(await idsOf(listing, '--commit', COMMIT)).toEqual(['three', 'one'])
  expect(listing.fake.requests.at(-1)?.query.get('filter[metadata]')).toBe(`{"tags":["git.commit.sha:${COMMIT}"]}`)
  expect(await idsOf(listing, '--commit', 'ABC123')).toEqual(['three', 'one'])
  expect(await idsOf(listing, '--commit', 'abc123', '--name', 'capitals')).toEqual(['three'])
  expect(await idsOf(listing, '--name', 'nothing')).toEqual([])
  expect(await idsOf(listing, '--project', 'other')).toEqual(['four'])
})

test('as JSON they have all that is known of them, and null where nothing is', async () => {
  const { list } = await seeded()
  const { stdout } = await list(['--json', '--limit', '1'])
  expect(JSON.parse(stdout)).toEqual({
    formatVersion: 1,
    project: 'support',
    hasMore: true,
    experiments: [
      {
        id: 'three',
        name: 'capitals',
        runName: 'capitals',
        status: 'completed',
        error: null,
        createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
        runs: 1,
        rows: 0,
        errors: 0,
        dataset: { name: null, version: null },
        tags: [`git.commit.sha:${COMMIT}`, 'team:b'],
        link: 'https://app.datadoghq.com/llm/experiments/three',
      },
    ],
  })
})

test('no more are read than were asked for, and it says that there are more', async () => {
  const { fake, list } = await seeded(1)
  const { stdout, stderr } = await list(['--limit', '2'])
  expect(stdout).toMatch(/\n2 experiments of project support\n$/)
  expect(stderr).toBe('there are more: --limit (now 2)\n')
  expect(fake.asked('list-experiments').length).toBe(3)
})

test('they are never looked for in the whole organisation: a project that is not there is refused', async () => {
  const { fake, list } = await seeded()
  const { exitCode, stderr } = await list(['--project', 'nothing'])
  expect(exitCode).toBe(2)
  expect(stderr).toContain('error E_BACKEND_UNKNOWN: Datadog has no project "nothing"')
  expect(fake.asked('list-experiments')).toEqual([])
})

test('what the server says reaches the terminal made safe', async () => {
  const { fake, list } = await seeded()
  const id = [...fake.state.projects.values()].find(({ name }) => name === 'support')?.id ?? ''
  fake.seed.experiment({ projectId: id, name: '\u001b[2Jevil\u202e', status: '\u001b[31m' })
  const [human, json] = [await list(), await list(['--json'])]
  for (const { stdout } of [human, json]) {
    expect([stdout.includes('\u001b'), stdout.includes('\u202e')]).toEqual([false, false])
  }
  expect(human.stdout).toContain('evil')
})

test.each([
  [['--limit', '0'], '--limit: expected'],
  [['--limit', 'all'], '--limit: expected'],
  [['--tag', 'team'], '--tag: expected key:value, got "team"'],
  [['--commit', 'main'], '--commit: expected a commit, or the beginning of one, got "main"'],
])('an option with a value it cannot have is refused: %j', async (args, message) => {
  const { fake, list } = await seeded()
  const { exitCode, stderr } = await list(args)
  expect(exitCode).toBe(2)
  expect(stderr).toContain(`error E_OPTION: ${message}`)
  expect(fake.requests).toEqual([])
})

test('the options of --remote are refused without it, and it is refused without keys', async () => {
  const { project } = await seeded()
  const local = await project.run(['list', '--name', 'triage'])
  const keyless = await project.run(['list', '--remote'])
  expect([local.exitCode, keyless.exitCode]).toEqual([2, 2])
  expect(local.stderr).toContain('error E_OPTION: --name: expected --remote with it, got none')
  expect(keyless.stderr).toContain('error E_BACKEND_SETTINGS: list --remote: expected the keys of Datadog, but ')
})

test('without a network it says so', async () => {
  const { fake, list } = await seeded()
  await fake.stop()
  const { exitCode, stderr } = await list()
  expect(exitCode).toBe(2)
  expect(stderr).toMatch(/error E_BACKEND_UNREACHABLE: cannot find the project: /)
})
