import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type CliProject, type CliResult, cliProject } from '../helpers/cli.ts'
import { experiment } from '../helpers/modules.ts'
import { count } from './counts.ts'
import { readRows } from './disk/check-state.ts'
import { type DiskFault, diskEnv, readCalls } from './disk/record.ts'

// P15: whatever is asked of the disk fails, once or from then on. A run that exits 0 has every row.

const quick = experiment(
  `dataset: Array.from({ length: 10 }, (_, n) => ({ id: 'r' + n, input: n })),
  runs: 2, jobs: 3,
  task: async (input) => { await setTimeout(5 + (input % 5)); return 'x'.repeat(100) + input },
  evaluators: { long: ({ output }) => output.length },
  summaryEvaluators: { total: ({ outputs }) => outputs.length },`,
  "import { setTimeout } from 'node:timers/promises'",
)

const UNITS = 20

const storeOf = ({ folder }: CliProject): string => join(folder, '.llmobs-exp')

/** All calls that there are to fail; in the quick tier of each kind on each file the first or the last. */
async function callsToFail(chosen: 'first' | 'last'): Promise<readonly number[]> {
  const project = await cliProject({ 'exp.ts': quick })
  const record = join(project.folder, 'calls')
  await project.run(['run', 'exp.ts'], { env: diskEnv({ folder: storeOf(project), record }) })
  const calls = readCalls(record)
  const kinds = calls.map(({ call, path }) => `${call} ${path.split('/').at(-1)}`)
  const isChosen = (index: number, kind = kinds[index] ?? ''): boolean =>
    process.env.FAULTS === 'all' || index === (chosen === 'first' ? kinds.indexOf(kind) : kinds.lastIndexOf(kind))
  return [...new Set(calls.flatMap(({ number }, index) => (isChosen(index) ? [number] : [])))]
}

async function runWith(fault: Omit<DiskFault, 'folder'>): Promise<{ project: CliProject; result: CliResult }> {
  const project = await cliProject({ 'exp.ts': quick })
  const env = diskEnv({ folder: storeOf(project), ...fault })
  count(fault.kill === undefined ? 'disk errors' : 'kills')
  return { project, result: await project.run(['run', 'exp.ts', '--reporter', 'ndjson'], { env }) }
}

/** Units that the process said were done. */
function told({ stdout }: CliResult): string[] {
  const events = stdout.split('\n').filter((line) => line.endsWith('}'))
  return events
    .map((line) => JSON.parse(line))
    .flatMap(({ type, iteration, key }) => (type === 'row-finished' ? [`${iteration}/${key}`] : []))
}

/** Nothing that was said to be done is missing, and nothing but a full set of rows passes. */
async function checkEnd(project: CliProject, result: CliResult): Promise<void> {
  const rows = (await readRows(storeOf(project))).map(([unit]) => unit)
  expect(told(result).filter((unit) => !rows.includes(unit))).toEqual([])
  expect(rows.length).toBe(new Set(rows).size)
  if (result.exitCode === 0) expect(rows.length).toBe(UNITS)
  else expect(result.lastLine).toMatch(/llmobs-exp |hint: |E_STORE_/)
  expect(result.stderr).not.toContain('This is a defect')
}

test('P15: an error of the disk that passes is recovered from, or ends the run with exit 5', async () => {
  const outcomes = new Set<number | null>()
  for (const at of await callsToFail('first')) {
    const { project, result } = await runWith({ at, error: 'EIO' })
    expect([0, 5], `call ${at}: ${result.stderr}`).toContain(result.exitCode)
    await checkEnd(project, result)
    outcomes.add(result.exitCode)
  }
  expect(outcomes.has(5)).toBe(true)
}, 600_000)

test('P15: a disk that fails for good ends the run with exit 5', async () => {
  for (const at of await callsToFail('last')) {
    const { project, result } = await runWith({ at, error: 'EIO', forGood: true })
    expect(result.exitCode, `call ${at}: ${result.stderr}`).toBe(5)
    await checkEnd(project, result)
  }
}, 600_000)

test('P15: a process that dies at any call to the disk has lost nothing that it said was done', async () => {
  for (const at of await callsToFail('last')) {
    const { project, result } = await runWith({ at, kill: 'after' })
    const rows = (await readRows(storeOf(project))).map(([unit]) => unit)
    expect(told(result).filter((unit) => !rows.includes(unit))).toEqual([])
  }
}, 600_000)
