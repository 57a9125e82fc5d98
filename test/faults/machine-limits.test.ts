import { execFileSync } from 'node:child_process'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cliProject } from '../helpers/cli.ts'
import { experiment } from '../helpers/modules.ts'
import { checkInvariants, toldBy } from './invariants.ts'

// What a machine refuses: room on the disk, files, permissions. By the operating system itself, not by something that stands in for it.

const METER = 'calls'

/** 200 units of 20 KB each. */
const large = experiment(
  `dataset: Array.from({ length: 100 }, (_, n) => ({ id: 'r' + n, input: n })),
  runs: 2, jobs: 10,
  task: async (input) => { appendFileSync('${METER}', 'x\\n'); await setTimeout(10); return 'x'.repeat(20_000) },
  evaluators: { long: ({ output }) => output.length },`,
  "import { appendFileSync } from 'node:fs'; import { setTimeout } from 'node:timers/promises'",
)

const UNITS = 200

/** A process may have a file system of its own, where the machine allows that. */
const canMount = attempt(() =>
  execFileSync('/bin/sh', ['-c', 'unshare -Urm mount -t tmpfs none /mnt'], { stdio: 'ignore' }),
)

function attempt(action: () => void): boolean {
  try {
    action()
    return true
  } catch {
    return false
  }
}

/** Runs a script in which `disk` is a disk of its own; what is on it at the end is kept in `kept`. */
function onDisk(options: string, script: string): string {
  const steps = [`mount -t tmpfs -o ${options} none disk`, script, 'code=$?', 'cp -r disk/. kept', 'exit $code']
  return `mkdir disk kept && unshare -Urm sh -c '${steps.join('; ')}'`
}

test.runIf(canMount)('K1: a full disk ends the run with exit 5, and every row that was told of is there', async () => {
  const project = await cliProject({ 'exp.ts': large })
  const result = await project.shell(onDisk('size=1m', 'llmobs-exp run exp.ts --store disk/store --reporter ndjson'))
  cpSync(join(project.folder, 'kept', 'store'), join(project.folder, '.llmobs-exp'), { recursive: true })

  const told = toldBy(result)
  expect(result.lastLine).toMatch(/^the local store failed: exp: .*ENOSPC/)
  expect(told.size).toBeGreaterThan(30)
  // Nothing was begun after the first write that failed.
  await checkInvariants({
    project,
    result,
    exitCode: 5,
    units: UNITS,
    told,
    calls: { made: project.lines(METER).length, atMost: told.size + 2 * 10 },
  })
})

test('K1: a file that may not grow ends the run with exit 5, and every row that was told of is there', async () => {
  const project = await cliProject({ 'exp.ts': large })
  const result = await project.shell('ulimit -f 2000; exec llmobs-exp run exp.ts --reporter ndjson')

  const told = toldBy(result)
  expect(result.lastLine).toMatch(/^the local store failed: exp: .*EFBIG/)
  expect(told.size).toBeGreaterThan(30)
  await checkInvariants({ project, result, exitCode: 5, units: UNITS, told })
})

test.runIf(canMount)('K2: a disk that is read-only from the start exits 5 before any task', async () => {
  const project = await cliProject({ 'exp.ts': large })
  const result = await project.shell(onDisk('size=1m,ro', 'llmobs-exp run exp.ts --store disk/store'))
  expect(result.exitCode).toBe(5)
  expect(result.stderr).toContain('E_STORE_WRITE')
  expect(project.exists(METER)).toBe(false)
})

test('C3: user code that has all files open that there may be has errors of its own, and the store is sound', async () => {
  const greedy = experiment(
    `dataset: Array.from({ length: 100 }, (_, n) => ({ id: 'r' + n, input: n })),
    runs: 2, jobs: 200,
    task: async (input) => {
      const file = await open('package.json')
      try { await setTimeout(20); return input } finally { await file.close() }
    },
    evaluators: { same: ({ input, output }) => input === output },
    summaryEvaluators: { total: ({ rows }) => rows.length },`,
    "import { open } from 'node:fs/promises'; import { setTimeout } from 'node:timers/promises'",
  )
  const project = await cliProject({ 'exp.ts': greedy })
  const result = await project.shell(
    'ulimit -n 64; exec llmobs-exp run exp.ts --max-identical-errors 0 --reporter ndjson',
  )

  const { rows, manifest } = project.only()
  const failed = rows.filter(({ status }) => status === 'error')
  expect(failed.length).toBeGreaterThan(10)
  expect(failed.every(({ error }) => error?.message.startsWith('EMFILE'))).toBe(true)
  expect(manifest.state.rows).toMatchObject({ pending: 0, cancelled: 0 })
  await checkInvariants({ project, result, exitCode: 1, units: UNITS, told: toldBy(result), ok: UNITS - failed.length })
})
