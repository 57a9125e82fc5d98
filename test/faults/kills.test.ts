import process from 'node:process'
import { expect, test } from 'vitest'
import { createRandom } from '../../src/engine/select.ts'
import type { RunningCli } from '../helpers/cli.ts'
import { compare, equal, type PushProject, pushedAs, standard, standardProject } from '../helpers/pushed.ts'
import type { StoredRow } from '../helpers/stored.ts'
import { count } from './counts.ts'
import { checkInvariants, readRows, toldBy } from './invariants.ts'

// kill -9 at any time, and resume. In the long tier as often as the plan of faults says; its seed is told, and can be given.

const isLong = process.env.FAULTS === 'all'
const seed = Number(process.env.FAULTS_SEED ?? 1)
const times = { killed: isLong ? 200 : 8, groups: isLong ? 50 : 2, series: isLong ? 10 : 1 }

const JOBS = 10
const LATENCY = '20'
const secrets = { OPENAI_API_KEY: 'canary-of-a-model-key-0001' }

/** A unit that was under way at three crashes would be left out. */
const resumeAfter = (kills: number): readonly string[] =>
  kills < 3 ? ['resume', 'latest'] : ['resume', 'latest', '--retry-poison']

interface Killed {
  readonly told: ReadonlySet<string>
  readonly exitCode: number | null
}

/** Runs a command until it is killed, so many milliseconds from its start; or to its end, should that come before. */
async function killAfter(cli: RunningCli, milliseconds: number, kill: (cli: RunningCli) => void): Promise<Killed> {
  const timer = setTimeout(() => kill(cli), milliseconds)
  const result = await cli.ended
  clearTimeout(timer)
  return { told: toldBy(result), exitCode: result.exitCode }
}

const kill = (cli: RunningCli): void => cli.signal('SIGKILL')

function environment(project: PushProject, isPushed: boolean) {
  return { env: { LATENCY, ...secrets, ...(isPushed ? project.fake.env : {}) } }
}

interface Undisturbed {
  readonly numbers: unknown
  readonly rows: readonly string[]
  readonly milliseconds: number
}

/** What a run of the same experiment comes to that nothing disturbs, and how long it takes. */
async function undisturbed(): Promise<Undisturbed> {
  const project = await standardProject()
  const before = performance.now()
  const { exitCode } = await project.run(['run', 'exp.ts', '--reporter', 'json=out.json'], environment(project, false))
  expect(exitCode).toBe(0)
  return { numbers: numbersOf(project), rows: rowsOf(project), milliseconds: performance.now() - before }
}

/** What each row came to, whenever it did. */
function rowsOf(project: PushProject): readonly string[] {
  const describe = ({ key, iteration, status, output, evaluations }: StoredRow): string => {
    const values = Object.entries(evaluations).map(([name, { status, evaluations }]) => [name, status, evaluations])
    return JSON.stringify([iteration, key, status, output, values.sort()])
  }
  return project.only().rows.map(describe).sort()
}

/** Whatever does not depend on time, nor, in its last digits, on the order of rows. */
function numbersOf(project: PushProject): unknown {
  const round = (_key: string, value: unknown): unknown =>
    typeof value === 'number' ? Number(value.toPrecision(10)) : value
  const { runs } = JSON.parse(project.read('out.json'), round).experiments[0]
  return runs.map(({ rows, rowsWithErrors, evaluators, summaryEvaluators }: Record<string, unknown>) => ({
    rows,
    rowsWithErrors,
    evaluators,
    summaryEvaluators,
  }))
}

interface Killing {
  readonly told: ReadonlySet<string>
  readonly kills: number
  readonly isPushed: boolean
}

/** Goes on until it is complete, and checks that it is as if nothing had been. */
async function resumeAndCheck(
  project: PushProject,
  { told, kills, isPushed, expected }: Killing & { readonly expected: Undisturbed },
): Promise<void> {
  const options = environment(project, isPushed)
  const isThere = project.logFile() !== undefined
  const command = isThere ? resumeAfter(kills) : ['run', 'exp.ts']
  const result = await project.run([...command, '--reporter', 'json=out.json'], options)
  const calls = { made: project.spent(), atMost: standard.rows + JOBS * kills }
  const fake = isPushed ? { fake: project.fake } : {}
  await checkInvariants({
    project,
    result,
    exitCode: 0,
    units: standard.rows,
    told,
    calls,
    secrets: Object.values(secrets),
    ...fake,
  })
  expect(numbersOf(project)).toEqual(expected.numbers)
  expect(rowsOf(project)).toEqual(expected.rows)
  count('kills', kills)
  count('rows checked', standard.rows)
  count('extra task calls', project.spent() - standard.rows)
  if (isPushed) {
    const [stored] = project.stored()
    if (stored === undefined) throw new Error('there is an experiment')
    expect(compare(project.fake, stored)).toEqual(equal)
    expect(pushedAs(project.fake, stored)).toMatchObject([{ status: 'completed' }])
  }
}

test(`P7: killed ${times.killed} times at any moment, a run is complete after resume, and no more was paid for twice than was in flight (seed ${seed})`, async () => {
  const random = createRandom(seed)
  const expected = await undisturbed()
  for (let time = 0; time < times.killed; time++) {
    const project = await standardProject()
    const isPushed = time % 2 === 0
    const args = ['run', 'exp.ts', '--reporter', 'ndjson']
    const { told, exitCode } = await killAfter(
      project.start(args, environment(project, isPushed)),
      random() * expected.milliseconds,
      kill,
    )
    const kills = exitCode === null ? 1 : 0
    await resumeAndCheck(project, { told, kills, isPushed, expected })
  }
}, 3_600_000)

test(`P9: killed with all its processes, ${times.groups} times`, async () => {
  const random = createRandom(seed + 1)
  const expected = await undisturbed()
  for (let time = 0; time < times.groups; time++) {
    const project = await standardProject()
    const script = 'echo $$ > pid; exec llmobs-exp run exp.ts --reporter ndjson'
    const cli = project.startShell(`exec setsid sh -c '${script}'`, environment(project, false))
    const killGroup = (): void => void process.kill(-Number(project.read('pid')), 'SIGKILL')
    const { told } = await killAfter(cli, (0.2 + 0.8 * random()) * expected.milliseconds, killGroup)
    await resumeAndCheck(project, { told, kills: 1, isPushed: false, expected })
  }
}, 3_600_000)

test(`P10: killed five times in a row while it is resumed, ${times.series} times`, async () => {
  const random = createRandom(seed + 2)
  const expected = await undisturbed()
  for (let time = 0; time < times.series; time++) {
    const project = await standardProject()
    const options = environment(project, false)
    const all = new Set<string>()
    let kills = 0
    let done = 0
    for (let attempt = 0; attempt < 6; attempt++) {
      const command = project.logFile() === undefined ? ['run', 'exp.ts'] : resumeAfter(kills)
      const cli = project.start([...command, '--reporter', 'ndjson'], options)
      const { told, exitCode } = await killAfter(cli, (0.4 + 0.4 * random()) * expected.milliseconds, kill)
      if (exitCode === null) kills++
      for (const unit of told) all.add(unit)
      const ok = (await readRows(project)).length
      expect(ok).toBeGreaterThanOrEqual(done)
      done = ok
    }
    await resumeAndCheck(project, { told: all, kills, isPushed: false, expected })
  }
}, 3_600_000)
