import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'

/** One line of an event log, with the user's values parsed. */
export interface LogEvent {
  readonly v: number
  readonly seq: number
  readonly at: number
  readonly type: string
  readonly [member: string]: unknown
}

export interface LogError {
  readonly code: string
  readonly name: string
  readonly message: string
  readonly stack?: string
  readonly cause?: LogError
}

export interface StoredEvaluation {
  readonly status: string
  readonly reason?: string
  readonly error?: LogError
  readonly attempts: number
  readonly evaluations?: readonly {
    readonly label: string
    readonly type: string
    readonly value: unknown
    readonly reasoning?: string
    readonly assessment?: string
  }[]
}

export interface StoredRow {
  readonly key: string
  readonly iteration: number
  readonly generation: number
  readonly status: string
  readonly input: unknown
  readonly output?: unknown
  readonly error?: LogError
  readonly attempts: number
  readonly retryWaitMs: number
  readonly evaluations: { readonly [evaluator: string]: StoredEvaluation }
}

export interface StoredManifest {
  readonly groupId: string
  readonly file: string
  readonly definition: {
    readonly name: string
    readonly thresholds: { readonly [name: string]: unknown }
    readonly config: string
    readonly tags: { readonly [key: string]: string }
  }
  readonly options: { readonly [name: string]: unknown }
  readonly state: {
    readonly status: string
    readonly outcome?: { readonly status: string; readonly exitCode: number }
    readonly rows?: { readonly [status: string]: number }
  }
}

export interface Stored {
  readonly id: string
  readonly folder: string
  readonly manifest: StoredManifest
  readonly events: readonly LogEvent[]
  /** Finished rows, in the order in which they finished. */
  readonly rows: readonly StoredRow[]
  /** Whether a process still claims the experiment, or was killed. */
  readonly isLocked: boolean
  /** Bytes after the last line feed of the log. */
  readonly tornBytes: number
}

/**
 * The experiments of a store, oldest first. Reads the files with nothing of the tool's own, and checks what holds of every log:
 * checksums, numbering, and that each unit ends at most once, after its record, its task and its evaluations.
 */
export function readStore(store: string): Stored[] {
  const folder = join(store, 'experiments')
  if (!existsSync(folder)) return []
  // A process that was killed as it made one leaves a folder with nothing in it that counts.
  return readdirSync(folder)
    .filter((id) => existsSync(join(folder, id, 'manifest.json')))
    .sort()
    .map((id) => readExperiment(join(folder, id), id))
}

function readExperiment(folder: string, id: string): Stored {
  const manifest: StoredManifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))
  const { events, tornBytes } = readLog(join(folder, 'events.jsonl'))
  const isLocked = existsSync(join(folder, 'lock'))
  return { id, folder, manifest, events, rows: collectRows(events), isLocked, tornBytes }
}

/** Complete lines of a log, and how many bytes follow the last of them. */
export function readLog(path: string): { events: LogEvent[]; tornBytes: number } {
  const bytes = readFileSync(path)
  const end = bytes.lastIndexOf(0x0a) + 1
  const lines = bytes.toString('utf8', 0, end).split('\n').slice(0, -1)
  const events = lines.map(parseLine)
  for (const [index, { seq }] of events.entries())
    assert.equal(seq, index + 1, `line ${index + 1} has the right number`)
  return { events, tornBytes: bytes.length - end }
}

function parseLine(line: string, index: number): LogEvent {
  const at = line.lastIndexOf(',"crc":')
  const event: LogEvent = JSON.parse(line)
  assert.equal(crc32(line.slice(0, at)), event.crc, `line ${index + 1} has the right checksum`)
  assert.equal(event.v, 1)
  return { ...defaultsOf(event), ...event }
}

/** Members that a line leaves out; see docs/store.md. */
function defaultsOf({ type }: LogEvent) {
  if (type === 'row-finished') return { generation: 0 }
  const isCall = type === 'task-finished' || type === 'evaluation-finished'
  return isCall ? { generation: 0, queueMs: 0, retryWaitMs: 0, attempts: 1 } : {}
}

interface UnitParts {
  readonly task?: LogEvent
  readonly evaluations: Map<string, LogEvent>
}

/** Of a unit that was run again the last row that ended stands; of a record that has changed nothing before it does. */
function collectRows(events: readonly LogEvent[]): StoredRow[] {
  const records = new Map<unknown, LogEvent>()
  const open = new Map<string, UnitParts>()
  const ended = new Map<string, UnitParts>()
  const rows = new Map<string, StoredRow>()
  const forget = (key: unknown): void => {
    for (const units of [open, ended, rows])
      for (const unit of units.keys()) if (unit.endsWith(`/${key}`)) units.delete(unit)
  }
  for (const event of events) {
    const isAgain = event.replaces !== undefined
    if (event.type === 'record') {
      assert.ok(isAgain || !records.has(event.key), `record ${event.key} stands once`)
      if (isAgain) forget(event.key)
      records.set(event.key, event)
    }
    if (typeof event.key !== 'string' || event.iteration === undefined) continue
    const unit = `${event.iteration}/${event.key}`
    assert.ok(isAgain || !rows.has(unit), `nothing comes after the end of unit ${unit}`)
    const before = ended.get(unit)
    const started = { ...before, evaluations: new Map(before?.evaluations) }
    const parts: UnitParts = open.get(unit) ?? started
    open.set(unit, parts)
    if (event.type === 'task-finished') {
      assert.ok(isAgain || parts.task === undefined, `the task of ${unit} ends once`)
      open.set(unit, { task: event, evaluations: new Map() })
    } else if (event.type === 'evaluation-finished') {
      const name = String(event.evaluator)
      assert.ok(parts.task !== undefined, `evaluator ${name} of ${unit} ends after the task`)
      assert.ok(isAgain || !parts.evaluations.has(name), `evaluator ${name} of ${unit} ends once`)
      parts.evaluations.set(name, event)
    } else if (event.type === 'row-finished') {
      const record = records.get(event.key)
      assert.ok(record !== undefined, `the record of ${unit} stands before it`)
      open.delete(unit)
      ended.set(unit, parts)
      // In the order in which they finished.
      rows.delete(unit)
      rows.set(unit, toRow(event, record, parts))
    }
  }
  return [...rows.values()]
}

function toRow(finished: LogEvent, record: LogEvent, { task, evaluations }: UnitParts): StoredRow {
  const merged: unknown = {
    ...task,
    ...finished,
    input: record.input,
    evaluations: Object.fromEntries(evaluations),
  }
  // The log's own shape: what a test asks for is asserted there.
  return JSON.parse(JSON.stringify(merged))
}
