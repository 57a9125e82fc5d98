import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type CliProject, cliProject, type RunningCli } from '../helpers/cli.ts'
import { silence } from '../helpers/fake-datadog/faults.ts'
import { experiment } from '../helpers/modules.ts'
import { compare, equal, standardProject, wireOf } from '../helpers/pushed.ts'

// Much to do at once. Mostly in the long tier only: it takes its time, and a machine that has little else to do.

const isLong = process.env.FAULTS === 'all'
const ROWS = 10_000
const MEGABYTE = 1024 * 1024

describe.runIf(isLong)('under load', () => {
  test(`C1: ${ROWS} rows of 20 KB that a backend does not take cost no memory, and push delivers them`, async () => {
    const large = experiment(
      `dataset: Array.from({ length: ${ROWS} }, (_, n) => ({ id: 'r' + n, input: n })), jobs: 1000,
      task: async (input) => { await setTimeout(20); return 'x'.repeat(20_000) + input },
      evaluators: { long: ({ output }) => output.length },`,
      "import { setTimeout } from 'node:timers/promises'",
    )
    const project = await standardProject({ 'exp.ts': large })
    const alone = await peakOf(project.start(['run', 'exp.ts', '--no-push']))
    project.fake.script({ on: ['create-experiment', 'post-events', 'update-experiment'], fault: silence() })
    const options = { env: { ...project.fake.env } }
    const beside = await peakOf(project.start(['run', 'exp.ts', '--push-timeout', '2s'], options))
    expect([alone.exitCode, beside.exitCode]).toEqual([0, 3])
    expect((beside.bytes - alone.bytes) / MEGABYTE).toBeLessThan(64)

    project.fake.clearScript()
    expect((await project.pushRun(['push', 'latest'])).exitCode).toBe(0)
    const stored = project.stored().at(-1)
    if (stored === undefined) throw new Error('there is an experiment')
    expect(compare(project.fake, stored)).toEqual(equal)
  }, 600_000)

  test(`C2: ${ROWS} tasks that return at once leave the main thread free to hear signals`, {
    timeout: 120_000,
  }, async () => {
    const empty = experiment(
      `dataset: Array.from({ length: ${ROWS} }, (_, n) => ({ id: 'r' + n, input: n })), task: (input) => input,
      evaluators: { same: ({ input, output }) => input === output },`,
    )
    const project: CliProject = await cliProject({ 'exp.ts': empty })
    const env = {
      LOOP_DELAY: join(project.folder, 'delay'),
      NODE_OPTIONS: `--require ${join(import.meta.dirname, 'loop-delay.cjs')}`,
    }
    const { exitCode } = await project.run(['run', 'exp.ts'], { env })
    expect(exitCode).toBe(0)
    // Promised is half of it.
    expect(JSON.parse(project.read('delay')).p99).toBeLessThan(100)
  })
})

/** Bytes that the backend takes at once. */
const TAKEN = 2_000_000

test('D4: a record of 50 MB is run and kept whole, keeps nobody waiting, and is cut for the backend', async () => {
  const project = await standardProject(
    {
      'exp.ts': experiment(
        "dataset: jsonl('./large.jsonl'), task: (input) => input.length, evaluators: { long: ({ output }) => output },",
        "import { jsonl } from 'llmobs-exp'",
      ),
      'large.jsonl': `${JSON.stringify({ id: 'large', input: 'x'.repeat(50 * MEGABYTE) })}\n{"id":"small","input":"x"}\n`,
    },
    { maxBodyBytes: TAKEN },
  )
  const env = {
    LOOP_DELAY: join(project.folder, 'delay'),
    NODE_OPTIONS: `--require ${join(import.meta.dirname, 'loop-delay.cjs')}`,
  }
  const { exitCode } = await project.pushRun(['run', 'exp.ts'], env)
  const stored = project.only()
  expect(exitCode).toBe(0)
  expect(stored.rows.map(({ output }) => output).sort()).toEqual([1, 50 * MEGABYTE])
  expect(statSync(join(stored.folder, 'events.jsonl')).size).toBeGreaterThan(50 * MEGABYTE)
  expect(compare(project.fake, stored)).toEqual(equal)
  expect(JSON.stringify(wireOf(project.fake, stored).spans)).toContain('truncated:true')
  // Promised is half of it. In the long tier only: a machine that has much else to do makes it late.
  if (isLong) expect(JSON.parse(project.read('delay')).max).toBeLessThan(2_000)
}, 120_000)

test.runIf(isLong)(
  'D5: a field that is longer than a text can be is an error of its record, and no crash',
  async () => {
    const project = await cliProject({
      'exp.ts': experiment(
        "dataset: jsonl('./large.jsonl'), task: (input) => input, evaluators: {},",
        "import { jsonl } from 'llmobs-exp'",
      ),
    })
    await project.shell(
      `{ printf '{"id":"large","input":"'; head -c 600000000 /dev/zero | tr '\\0' x; printf '"}\\n{"id":"small","input":1}\\n'; } > large.jsonl`,
    )
    const refused = await project.run(['run', 'exp.ts'])
    const skipped = await project.run(['run', 'exp.ts', '--skip-invalid'])
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringMatching(/E_DATASET_RECORD.*large\.jsonl:1/s)])
    expect([skipped.exitCode, project.only().rows.map(({ key }) => key)]).toEqual([0, ['small']])
  },
  300_000,
)

/** The most memory that the process has had, looked at every few milliseconds. */
async function peakOf(cli: RunningCli): Promise<{ readonly bytes: number; readonly exitCode: number | null }> {
  let bytes = 0
  const timer = setInterval(() => {
    bytes = Math.max(bytes, peakSoFar(cli.pid))
  }, 20)
  const { exitCode } = await cli.ended
  clearInterval(timer)
  return { bytes, exitCode }
}

function peakSoFar(pid: number): number {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kilobytes ?? 0) * 1024
  } catch {
    // It has just ended.
    return 0
  }
}
