import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, vi } from 'vitest'
import { readEntries, type StoreEntry } from '../../src/backends/local/entries.ts'
import { readEvents } from '../../src/backends/local/read-events.ts'
import { createRowReader } from '../../src/backends/local/row-reader.ts'
import { openLocalStore } from '../../src/backends/local/store.ts'
import { type Row, unitName } from '../../src/model/row.ts'
import type { CliProject, CliResult } from '../helpers/cli.ts'
import type { FakeDatadog } from '../helpers/fake-datadog/fake-datadog.ts'
import { compare, pushedAs } from '../helpers/pushed.ts'

/** What is known of a project after something went wrong in it. */
export interface Aftermath {
  readonly project: CliProject
  /** The last process. Null is the exit code of one that was killed. */
  readonly result: CliResult
  readonly exitCode: number | null
  /** Units that were planned. */
  readonly units: number
  /** Of these how many have to be there, `ok` all of them. @default all, unless a process was killed or ended early */
  readonly ok?: number
  /** Units that any process said were done. */
  readonly told?: ReadonlySet<string>
  /** How often the task was called, and how often at most it may have been. */
  readonly calls?: { readonly made: number; readonly atMost: number }
  /** What must be nowhere but in a request's headers. */
  readonly secrets?: readonly string[]
  readonly fake?: FakeDatadog
}

/** Codes after which there is something left to do. */
const unfinished: ReadonlySet<number> = new Set([4, 5, 129, 130, 143])

/** What holds whatever went wrong. The numbers are those of the plan of faults. */
export async function checkInvariants(aftermath: Aftermath): Promise<void> {
  const { project, result, exitCode } = aftermath
  const opened = await openStore(project)
  const rows = opened.flatMap((one) => one.rows)
  checkRows(aftermath, rows)
  for (const one of opened) checkExperiment(one, aftermath)
  // I6
  expect(result.exitCode, result.stderr).toBe(exitCode)
  if (exitCode !== null && exitCode !== 0) expect(result.lastLine).toMatch(/llmobs-exp \w+|hint: /)
  await checkProcesses(aftermath, opened)
  checkSecrets(aftermath)
  checkBackend(aftermath)
  // I9
  const { made = 0, atMost = 0 } = aftermath.calls ?? {}
  expect(made).toBeLessThanOrEqual(atMost)
}

/** I1, I3, I4: every unit is there once at most, those that were told of are there, and what is there is right. */
function checkRows({ units, ok, told = new Set(), exitCode }: Aftermath, rows: readonly Row[]): void {
  const names = rows.map(unitName)
  const good = rows.filter(({ status }) => status === 'ok')
  const isWhole = exitCode !== null && !unfinished.has(exitCode)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  expect([...told].filter((name) => !names.includes(name))).toEqual([])
  expect(good.filter(({ task }) => task?.status !== 'ok')).toEqual([])
  expect(names.length).toBeLessThanOrEqual(units)
  if (ok !== undefined || isWhole) expect(good.length).toBe(ok ?? units)
}

/** I2, I3: the log is whole but for a line at its end, and its numbers add up. */
function checkExperiment({ entry, damagedLines, rows }: OpenedExperiment, { units }: Aftermath): void {
  expect(damagedLines).toBeLessThanOrEqual(1)
  const { state } = entry.manifest
  if (state.status !== 'finished') return
  const counts = Object.values(state.rows)
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(units)
  expect(state.rows.ok).toBe(rows.filter(({ status }) => status === 'ok').length)
}

/** I8: nothing is running any more, and nothing is claimed unless its process was killed. */
async function checkProcesses({ project, exitCode }: Aftermath, opened: readonly OpenedExperiment[]): Promise<void> {
  await vi.waitFor(() => expect(processesIn(project.folder)).toEqual([]), 5_000)
  if (exitCode === null) return
  expect(
    opened.flatMap(({ entry }) => readdirSync(folderOf(project, entry))).filter((name) => name === 'lock'),
  ).toEqual([])
}

/** I7 */
function checkSecrets({ project, result, secrets = [], fake }: Aftermath): void {
  const kept = filesUnder(join(project.folder, '.llmobs-exp')).map((path) => readFileSync(path, 'utf8'))
  const sent = fake?.requests.map(({ text, path, query }) => `${path}?${query} ${text}`) ?? []
  const all = [result.stdout, result.stderr, ...kept, ...sent].join('\n')
  expect(secrets.filter((secret) => all.includes(secret))).toEqual([])
}

/** All rows in the store of a project. */
export async function readRows(project: CliProject): Promise<readonly Row[]> {
  return (await openStore(project)).flatMap(({ rows }) => rows)
}

/** I5: what a backend has is of the store, and what it was sent twice was the same. */
function checkBackend({ project, fake }: Aftermath): void {
  if (fake === undefined) return
  for (const stored of project.stored()) {
    const { invented, altered } = compare(fake, stored)
    expect({ invented, altered }).toEqual({ invented: [], altered: [] })
    expect(pushedAs(fake, stored).length).toBeLessThanOrEqual(1)
  }
}

interface OpenedExperiment {
  readonly entry: Extract<StoreEntry, { status: 'readable' }>
  readonly rows: readonly Row[]
  readonly damagedLines: number
}

/** As the tool itself reads it. */
async function openStore(project: CliProject): Promise<OpenedExperiment[]> {
  const entries = await readEntries(openLocalStore(join(project.folder, '.llmobs-exp')))
  const opened: OpenedExperiment[] = []
  for (const entry of entries) {
    if (entry.status !== 'readable') throw new Error(`${entry.experimentId} cannot be read: ${entry.reason}`)
    const events = join(folderOf(project, entry), 'events.jsonl')
    let damagedLines = 0
    for await (const _events of readEvents(events, {}, () => damagedLines++));
    const rows: Row[] = []
    for await (const row of createRowReader(events).rows({})) rows.push(row)
    opened.push({ entry, rows, damagedLines })
  }
  return opened
}

function folderOf({ folder }: CliProject, { experimentId }: StoreEntry): string {
  return join(folder, '.llmobs-exp', 'experiments', experimentId)
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => statSync(path).isFile())
}

/** Ids of processes that are at work in a folder. */
function processesIn(folder: string): string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readlinkSync(`/proc/${name}/cwd`) === folder
    } catch {
      // It has ended meanwhile.
      return false
    }
  })
}

/** Units that a process that printed its events said were done. */
export function toldBy({ stdout }: Pick<CliResult, 'stdout'>): Set<string> {
  const lines = stdout.split('\n').slice(0, -1)
  const events = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))
  return new Set(
    events.flatMap((event) => (event.type === 'row-finished' && event.status !== 'cancelled' ? [unitName(event)] : [])),
  )
}
