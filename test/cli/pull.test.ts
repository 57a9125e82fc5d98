import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type CliProject, cliProject } from '../helpers/cli.ts'
import type { FakeDatadog } from '../helpers/fake-datadog/fake-datadog.ts'
import { answer, silence } from '../helpers/fake-datadog/faults.ts'
import { experiment, numbered, passing } from '../helpers/modules.ts'
import { pushedAs, startFake } from '../helpers/pushed.ts'
import type { StoredRow } from '../helpers/stored.ts'

const UNKNOWN = '5ff1b2f4-1111-4222-8333-444455556666'

/** Everything that can come of a row: failures, timeouts, several values of one evaluator, nothing at all. */
const mixed = experiment(
  `dataset: Array.from({ length: 40 }, (_, n) => ({
    ...(n % 2 === 0 ? { id: 'r' + n } : {}),
    input: { n },
    ...(n % 5 === 0 ? {} : { expectedOutput: n % 7 }),
    ...(n % 3 === 0 ? { metadata: { language: 'fr', n } } : {}),
    tags: ['kind:' + (n % 3), 'kind:all'],
  })),
  async task({ n }, { runIteration }) {
    if (n === 7) throw new TypeError('seven')
    if (n === 9 && runIteration === 2) await new Promise(() => {})
    return n === 11 ? ['eleven'] : { n, rest: n % 7 }
  },
  evaluators: {
    right: ({ output, expectedOutput }) => output.rest === expectedOutput,
    quality: ({ output }) => {
      if (output.n === 4) throw new RangeError('four')
      return output.n % 4 === 1 ? null : multi({ precision: output.n / 10, recall: { value: 0.5, assessment: 'fail', reasoning: 'low', tags: { judge: 'a' } } })
    },
    tone: ({ output }) => (output.n % 2 === 0 ? 'warm' : 'cold'),
    shape: ({ output }) => ({ value: { keys: Object.keys(output) }, metadata: { n: output.n ?? -1 } }),
  },
  summaryEvaluators: {
    share: ({ evaluations }) => evaluations.right.filter((value) => value === true).length,
    broken: () => { throw new Error('no') },
  },
  runs: 2,
  timeout: 300,
  config: { model: 'small-1' },
  variants: { small: { config: {} } },`,
  "import { multi } from 'llmobs-exp'",
)

interface Pulled {
  readonly fake: FakeDatadog
  readonly origin: CliProject
  readonly remoteId: string
  /** Without an experiment. */
  readonly other: CliProject
  pull(args: readonly string[]): ReturnType<CliProject['run']>
}

/** An experiment that was run and pushed in one folder, and another folder. */
async function pushedExperiment(module = experiment(`${numbered(30)} ${passing}`), pageSize = 7): Promise<Pulled> {
  const fake = await startFake({ pageSize })
  const origin = await cliProject({ 'exp.ts': module })
  await origin.run(['run', 'exp.ts', '--tag', 'team:a', '--project', 'support'], {
    env: { ...fake.env, DD_GIT_COMMIT_SHA: 'a'.repeat(40), DD_GIT_REPOSITORY_URL: 'https://example.com/a/b.git' },
  })
  const [remote] = pushedAs(fake, origin.only())
  const other = await cliProject()
  return {
    fake,
    origin,
    other,
    remoteId: remote?.id ?? '',
    pull: (args) => other.run(['pull', ...args], { env: fake.env }),
  }
}

async function report(project: CliProject, id: string) {
  const { stdout } = await project.run(['show', id, '--reporter', 'json'])
  const [shown] = JSON.parse(stdout).experiments
  return shown
}

interface ShownRun {
  readonly durationMs: number
  readonly evaluators: readonly { readonly label: string }[]
  readonly summaryEvaluators: readonly { readonly name: string }[]
}

/** The numbers of a report: all but how long a run took, and the order of evaluators. */
function numbersOf({ runs }: { readonly runs: readonly ShownRun[] }) {
  return runs.map(({ durationMs: _duration, evaluators, summaryEvaluators, ...run }) => ({
    ...run,
    evaluators: [...evaluators].sort((one, other) => (one.label < other.label ? -1 : 1)),
    summaryEvaluators: [...summaryEvaluators].sort((one, other) => (one.name < other.name ? -1 : 1)),
  }))
}

function rowsOf({ rows }: { readonly rows: readonly StoredRow[] }) {
  const sorted = [...rows].sort((one, other) => nameOf(one).localeCompare(nameOf(other)))
  return sorted.map(({ key, iteration, status, input, output, error, evaluations }) => {
    const named = Object.entries(evaluations).sort(([one], [other]) => (one < other ? -1 : 1))
    const found = named.map(([name, { status: itsStatus, reason, error: failure, evaluations: values }]) => {
      return { name, itsStatus, reason, failure: failure?.message, values }
    })
    return { key, iteration, status, input, output, error: error && [error.code, error.name, error.message], found }
  })
}

function nameOf({ key, iteration }: StoredRow): string {
  return `${iteration}/${key}`
}

describe('pulling what was pushed', () => {
  test('show gives the same numbers and the same rows', async () => {
    const { origin, other, remoteId, pull } = await pushedExperiment(mixed)
    const { exitCode, stdout, stderr, lastLine } = await pull([remoteId])
    const [before, after] = [origin.only(), other.only()]
    const [shownBefore, shownAfter] = await Promise.all([report(origin, before.id), report(other, after.id)])

    expect(exitCode).toBe(0)
    expect(stderr).not.toContain('W_PULLED')
    expect(stdout).toContain(`pulled exp/small\n  80 rows of 2 runs, `)
    expect(stdout).toContain(`\n  https://app.datadoghq.com/llm/experiments/${remoteId}\n`)
    expect(lastLine).toBe(`pulled: exp/small; look at it: llmobs-exp show ${after.id}`)
    expect(before.rows.map(({ status }) => status)).toEqual(expect.arrayContaining(['ok', 'error', 'timeout']))
    expect(rowsOf(after)).toEqual(rowsOf(before))
    expect(numbersOf(shownAfter)).toEqual(numbersOf(shownBefore))
  })

  test('asks for the experiment and its rows, and for nothing else', async () => {
    const { fake, remoteId, pull } = await pushedExperiment(undefined, 5_000)
    const before = fake.requests.length
    await pull([remoteId])
    const asked = fake.requests.slice(before).map(({ method, path, query }) => {
      return `${method} ${path}?${decodeURIComponent(String(query))}`
    })
    expect(asked).toEqual([
      `GET /api/v2/llm-obs/v1/experiments?filter[id]=${remoteId}&include[dataset_names]=true&page[limit]=1`,
      `GET /api/v2/llm-obs/v3/experiments/${remoteId}/events?page[limit]=500`,
    ])
  })

  test('records keep their ids, content, and tags', async () => {
    const { origin, other, remoteId, pull } = await pushedExperiment(mixed)
    await pull([remoteId])
    const recordsOf = (project: CliProject) => {
      const records = project.only().events.filter(({ type }) => type === 'record')
      return records
        .map(({ key, id, contentHash, input, expectedOutput, metadata, tags }) => {
          return { key, id, contentHash, input, expectedOutput, metadata, tags }
        })
        .sort((one, other) => String(one.key).localeCompare(String(other.key)))
    }
    expect(recordsOf(other)).toEqual(recordsOf(origin))
  })

  test('the manifest tells what it is and where it came from', async () => {
    const { other, remoteId, pull } = await pushedExperiment(mixed)
    await pull([remoteId])
    const { id, folder, manifest } = other.only()
    expect(id).toMatch(/^\d{8}t\d{6}-[0-9a-z]{6}$/)
    expect(readdirSync(folder).sort()).toEqual(['events.jsonl', 'manifest.json'])
    expect(readdirSync(join(other.folder, '.llmobs-exp')).sort()).toEqual(['.gitignore', 'experiments'])
    expect(manifest).toMatchObject({
      definition: {
        name: 'exp/small',
        ref: { variant: 'small' },
        config: '{"model":"small-1"}',
        tags: { team: 'a' },
        evaluators: ['quality', 'right', 'shape', 'tone'],
        summaryEvaluators: ['broken', 'share'],
      },
      options: { runs: 2, project: 'support' },
      git: { commit: 'a'.repeat(40), repository: 'https://example.com/a/b.git' },
      pulled: {
        backend: 'datadog',
        id: remoteId,
        link: `https://app.datadoghq.com/llm/experiments/${remoteId}`,
      },
      state: { status: 'finished', outcome: { status: 'failed', exitCode: 1 }, rows: { ok: 77, error: 2, timeout: 1 } },
    })
  })

  test('show and list say that it was pulled, and show gives no command that cannot be', async () => {
    const { other, remoteId, pull } = await pushedExperiment(mixed)
    await pull([`https://app.datadoghq.com/llm/experiments/${remoteId}?tab=overview`])
    const shown = await other.run(['show', remoteId])
    const listed = await other.run(['list'])
    expect(shown.stdout).toMatch(/^failed exp\/small\n {2}7 of 80 rows have errors; /m)
    expect(shown.stdout).toMatch(/^ {2}pulled from 127\.0\.0\.1:\d+ at 2\d{3}-/m)
    expect(shown.stdout).not.toContain('llmobs-exp run')
    expect(listed.stdout).toMatch(/ {2}failed {3}pulled {4}80 {2}.* {2}exp\/small\n/)
  })

  test('all of it is the same when it is pulled anew, whatever order it comes in', async () => {
    const { other, remoteId, pull } = await pushedExperiment(mixed)
    await pull([remoteId])
    const before = other.only()
    const { exitCode } = await pull([remoteId, '--force'])
    expect(exitCode).toBe(0)
    expect(other.only().id).toBe(before.id)
    expect(other.only().events).toEqual(before.events)
  })
})

describe('pulling again', () => {
  test('changes nothing, asks nothing, and says so', async () => {
    const { fake, other, remoteId, pull } = await pushedExperiment()
    await pull([remoteId])
    const { id } = other.only()
    const asked = fake.requests.length
    const { exitCode, stderr } = await pull([remoteId])
    expect(exitCode).toBe(0)
    expect(stderr).toMatch(
      /^pulled before at 2.*: exp; look at it: llmobs-exp show .*, or pull it anew with --force\n$/,
    )
    expect(fake.requests.length).toBe(asked)
    expect(other.only().id).toBe(id)
  })

  test('with --force leaves what is there alone when it fails', async () => {
    const { fake, other, remoteId, pull } = await pushedExperiment()
    await pull([remoteId])
    const before = other.only()
    fake.script({ on: 'read-event-page', fault: answer(404) })
    expect((await pull([remoteId, '--force'])).exitCode).toBe(2)
    expect(other.only()).toEqual(before)
  })

  test('where it was run says so, and is one more experiment', async () => {
    const { fake, origin, remoteId } = await pushedExperiment()
    const { id } = origin.only()
    const { stderr } = await origin.run(['pull', remoteId], { env: fake.env })
    expect(stderr).toContain(`it was run here: llmobs-exp show ${id}\n`)
    expect(origin.stored()).toHaveLength(2)
    const found = await origin.run(['show', remoteId])
    expect(found.stdout).toContain(`/experiments/${id}\n`)
  })
})

describe('a pull that comes to nothing leaves nothing', () => {
  test('without keys', async () => {
    const project = await cliProject()
    const { exitCode, stderr } = await project.run(['pull', UNKNOWN])
    expect([exitCode, project.exists('.llmobs-exp')]).toEqual([2, false])
    expect(stderr).toContain(
      'error E_BACKEND_SETTINGS: pull: expected the keys of Datadog, but DD_API_KEY and DD_APP_KEY are not set',
    )
  })

  test('with keys that are not taken', async () => {
    const { fake, other, remoteId, pull } = await pushedExperiment()
    fake.revokeKeys()
    const { exitCode, stderr } = await pull([remoteId])
    expect([exitCode, other.stored()]).toEqual([2, []])
    expect(stderr).toContain('error E_BACKEND_REFUSED: cannot find the experiment: ')
    expect(stderr).not.toContain(fake.keys.apiKey)
  })

  test.each([UNKNOWN, '20261122t081503-k3f9q2'])('of an experiment that is not there: %s', async (id) => {
    const { other, pull } = await pushedExperiment()
    const { exitCode, stderr } = await pull([id])
    expect([exitCode, other.exists('.llmobs-exp')]).toEqual([2, false])
    expect(stderr).toContain(`error E_BACKEND_UNKNOWN: Datadog has no experiment "${id}"`)
  })

  test.each(['', '..', 'a/b', '\u001b[2J', 'https://app.datadoghq.com/llm/traces'])(
    'of what is no id: %j',
    async (id) => {
      const project = await cliProject()
      const { exitCode, stderr } = await project.run(['pull', id])
      expect(exitCode).toBe(2)
      expect(stderr).toContain(
        'error E_USAGE: pull: expected the id of an experiment at Datadog, or the link to it, got "',
      )
      expect(stderr).not.toContain('\u001b[2J')
    },
  )

  test('without a network', async () => {
    const { fake, other, remoteId, pull } = await pushedExperiment()
    await fake.stop()
    const { exitCode, stderr } = await pull([remoteId])
    expect([exitCode, other.stored()]).toEqual([2, []])
    expect(stderr).toMatch(/error E_BACKEND_UNREACHABLE: cannot find the experiment: .* refused the connection/)
  })

  test('when a later page fails for good', async () => {
    const { fake, other, remoteId, pull } = await pushedExperiment()
    fake.script({ on: 'read-event-page', from: 3, fault: answer(403) })
    const { exitCode } = await pull([remoteId])
    expect([exitCode, other.stored()]).toEqual([2, []])
    expect(readdirSync(join(other.folder, '.llmobs-exp')).sort()).toEqual(['.gitignore', 'experiments'])
  })

  test('when it is ended in the middle', async () => {
    const { fake, other, remoteId } = await pushedExperiment()
    const pages = fake.script({ on: 'read-event-page', from: 3, fault: silence() })
    const cli = other.start(['pull', remoteId], { env: fake.env })
    await cli.until(() => pages.spoiled > 0)
    cli.signal('SIGINT')
    const { exitCode, lastLine } = await cli.ended
    expect([exitCode, lastLine]).toEqual([130, 'ended by SIGINT: nothing was pulled'])
    expect(other.stored()).toEqual([])
    expect(existsSync(join(other.folder, '.llmobs-exp', 'pulls'))).toBe(false)
  })

  test('when it is killed; the next one clears up', async () => {
    const { fake, other, remoteId, pull } = await pushedExperiment()
    const pages = fake.script({ on: 'read-event-page', from: 3, fault: silence() })
    const cli = other.start(['pull', remoteId], { env: fake.env })
    await cli.until(() => pages.spoiled > 0)
    cli.signal('SIGKILL')
    await cli.ended
    expect(other.stored()).toEqual([])
    fake.clearScript()
    expect((await pull([remoteId])).exitCode).toBe(0)
    expect(other.only().rows).toHaveLength(30)
    expect(existsSync(join(other.folder, '.llmobs-exp', 'pulls'))).toBe(false)
  })
})

describe('a pulled experiment', () => {
  test('is not resumed: it was run elsewhere', async () => {
    const { other, remoteId, pull } = await pushedExperiment()
    await pull([remoteId])
    const { exitCode, stderr } = await other.run(['resume', other.only().id, '--retry-errors'])
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('error E_STORE_PULLED')])
    expect(other.only().isLocked).toBe(false)
  })

  test('is not pushed again: alone it is refused, with all others left out', async () => {
    const { fake, other, remoteId, pull } = await pushedExperiment()
    await pull([remoteId])
    const events = fake.state.events.all().length
    const alone = await other.run(['push', other.only().id], { env: fake.env })
    const all = await other.run(['push', '--all'], { env: fake.env })
    expect(alone.exitCode).toBe(2)
    expect(alone.stderr).toMatch(/error E_STORE_PULLED: \S+ was pulled from 127\.0\.0\.1:\d+, not run here: https:/)
    expect(all.exitCode).toBe(0)
    expect(all.stderr).toContain(`left out ${other.only().id} was pulled from `)
    expect([fake.state.events.all().length, fake.state.experiments.size]).toEqual([events, 1])
  })

  test('is never the latest, however new it is', async () => {
    const { other, remoteId, pull } = await pushedExperiment()
    await pull([remoteId])
    const { id } = other.only()
    const alone = await Promise.all([other.run(['show', 'latest']), other.run(['show', 'latest:exp'])])
    expect(alone.map(({ exitCode }) => exitCode)).toEqual([2, 2])
    for (const { stderr } of alone) expect(stderr).toContain(`a pulled one is meant by its id: ${id}`)

    const old = { 'exp.ts': experiment(`${numbered(2)} ${passing}`) }
    other.write('exp.ts', old['exp.ts'])
    await other.run(['run', 'exp.ts'])
    const shown = await other.run(['show', 'latest:exp', '--reporter', 'json'])
    expect(JSON.parse(shown.stdout).experiments[0].pulled).toBe(null)
  })

  test('is what comes of an experiment while it still runs, and says so', async () => {
    const { fake, other, remoteId, pull } = await pushedExperiment()
    const remote = fake.state.experiments.get(remoteId)
    if (remote !== undefined) fake.state.experiments.set(remoteId, { ...remote, status: 'running' })
    await pull([remoteId])
    const { stdout } = await other.run(['show', remoteId])
    expect(stdout).toContain('interrupted: it had not come to its end when it was pulled: running')
    expect(other.only().manifest.state.outcome).toMatchObject({ status: 'stopped', exitCode: 4 })
  })

  test('takes no folder that is there for its own', async () => {
    const { other, remoteId, pull } = await pushedExperiment()
    await pull([remoteId])
    const { id, folder } = other.only()
    mkdirSync(join(other.folder, 'store', 'experiments', id), { recursive: true })
    writeFileSync(join(other.folder, 'store', 'experiments', id, 'manifest.json'), '{')
    expect((await pull([remoteId, '--store', 'store'])).exitCode).toBe(0)
    expect(readdirSync(join(other.folder, 'store', 'experiments'))).toHaveLength(2)
    expect(existsSync(folder)).toBe(true)
  })
})
