import process from 'node:process'
import { expect, test } from 'vitest'
import { createRandom } from '../../src/engine/select.ts'
import type { CliProject, CliResult, RunningCli } from '../helpers/cli.ts'
import { type PushProject, standard, standardProject } from '../helpers/pushed.ts'
import type { StoredRow } from '../helpers/stored.ts'

/** A long run asks for 200. */
const KILLS = Number(process.env.KILLS ?? 5)
const SEED = Number(process.env.KILLS_SEED ?? 1)
const JOBS = 10
/** Long enough for a kill to fall into every part of the work. */
const env = { LATENCY: '20' }

function start(project: CliProject, args: readonly string[]): RunningCli {
  return project.start(args, { env })
}

/** Kills the process without a word when the task has been called so many times, or when it has begun to write. */
async function killAt(project: PushProject, cli: RunningCli, calls: number): Promise<CliResult> {
  await cli.until(() => project.logFile() !== undefined && project.spent() >= calls).catch(() => {})
  cli.signal('SIGKILL')
  return cli.ended
}

/** What a row came to, whenever it did. */
function describeRow({ key, iteration, status, output, evaluations }: StoredRow): string {
  const values = Object.entries(evaluations).map(([name, { status, evaluations }]) => [name, status, evaluations])
  return JSON.stringify([iteration, key, status, output, values.sort()])
}

function rowsOf(project: CliProject): string[] {
  return project.only().rows.map(describeRow).sort()
}

let whole: Promise<string[]> | undefined

/** The rows of a run that nothing interrupted. */
function uninterrupted(): Promise<string[]> {
  whole ??= standardProject().then(async (project) => {
    await project.run(['run', 'exp.ts'], { env: { LATENCY: '1' } })
    return rowsOf(project)
  })
  return whole
}

/** Units whose task was called more than once, with how often that was too much. */
function repeated(project: CliProject): number {
  const calls = project.lines('invocations')
  return calls.length - new Set(calls).size
}

test(
  `P7, P9: after kill -9 at ${KILLS} random moments resume comes to what an uninterrupted run does, and buys at most --jobs twice`,
  async () => {
    const random = createRandom(SEED)
    for (let kill = 0; kill < KILLS; kill++) {
      const project = await standardProject()
      await killAt(project, start(project, ['run', 'exp.ts']), Math.floor(random() * standard.rows * 1.02))
      const kept = project.stored()[0]?.rows.length ?? 0
      const { exitCode, lastLine } = await project.run(['resume', 'latest'], { env })

      expect([exitCode, lastLine]).toEqual([0, expect.stringMatching(/^passed: standard/)])
      expect(rowsOf(project)).toEqual(await uninterrupted())
      expect(repeated(project)).toBeLessThanOrEqual(JOBS)
      expect(project.only()).toMatchObject({ isLocked: false, tornBytes: 0 })
      expect(kept).toBeLessThanOrEqual(standard.rows)
      expect(project.only().manifest.state).toMatchObject({
        status: 'finished',
        rows: { ok: standard.rows, pending: 0 },
      })
    }
  },
  60_000 + KILLS * 20_000,
)

test('P10: killed five times in a row while it is resumed, it converges, and no row is ever lost', async () => {
  const random = createRandom(SEED + 1)
  const project = await standardProject()
  await killAt(project, start(project, ['run', 'exp.ts']), 15)
  let done = 0
  for (let kill = 1; kill <= 5; kill++) {
    const calls = project.spent() + Math.floor(random() * 30)
    await killAt(project, start(project, ['resume', 'latest', '--retry-poison']), calls)
    const { rows } = project.only()
    expect(rows.length).toBeGreaterThanOrEqual(done)
    expect(rows.every(({ status }) => status === 'ok')).toBe(true)
    expect(repeated(project)).toBeLessThanOrEqual(JOBS * kill)
    done = rows.length
  }
  const { exitCode } = await project.run(['resume', 'latest', '--retry-poison'], { env })

  expect(exitCode).toBe(0)
  expect(rowsOf(project)).toEqual(await uninterrupted())
  expect(repeated(project)).toBeLessThanOrEqual(JOBS * 6)
})

test('what is killed before any experiment is in the store leaves nothing to resume', async () => {
  const project = await standardProject()
  const { exitCode, stderr } = await project.run(['resume', 'latest'])
  expect(exitCode).toBe(2)
  expect(stderr).toContain('E_STORE_UNKNOWN')
})
