import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LlmobsExpError } from '../model/errors.ts'
import { quote } from '../model/quote.ts'
import { askProcess } from './ask-process.ts'
import type { SyncRunOptions } from './options.ts'
import type { PlainRow } from './rows.ts'
import type { SyncResult } from './sync-protocol.ts'
import { type PlainTableRow, toTableRow } from './table.ts'

const entry = join(import.meta.dirname, 'sync-entry.js')

/** See `runExperimentSync`. */
export function runSync(file: unknown, options: SyncRunOptions): Result {
  const reply = askProcess(entry, { kind: 'run', file: fileOf(file), options: plainData(options) })
  if (reply.status !== 'result') throw new LlmobsExpError('E_INTERNAL', 'expected a result, got rows')
  return new Result(reply.result)
}

/** What is its own is plain data. */
class Result {
  readonly passed: SyncResult['passed']
  readonly exitCode: SyncResult['exitCode']
  readonly message: SyncResult['message']
  readonly experiments: SyncResult['experiments']

  constructor({ passed, exitCode, message, experiments }: SyncResult) {
    this.passed = passed
    this.exitCode = exitCode
    this.message = message
    this.experiments = experiments
  }

  rows(): readonly PlainRow[] {
    const logs = this.experiments.filter(({ outcome }) => outcome.exitCode !== 2)
    const reply = askProcess(entry, { kind: 'rows', logs: logs.map(({ name, eventsFile }) => ({ name, eventsFile })) })
    return reply.status === 'rows' ? reply.rows : []
  }

  toTable(): PlainTableRow[] {
    const labels = new Set(this.experiments.flatMap(({ summary }) => summary.labels.map(({ label }) => label)))
    return this.rows().map((row) => toTableRow(row, [...labels]))
  }
}

function fileOf(file: unknown): string {
  if (typeof file === 'string') return file
  if (file instanceof URL) return fileURLToPath(file)
  throw new LlmobsExpError('E_OPTION', `runExperimentSync: expected the file of a module, got ${quote(file)}`, {
    hint: 'functions cannot be handed to another process: export the definition from a module, or await runExperiment(definition)',
  })
}

function plainData(options: SyncRunOptions): SyncRunOptions {
  for (const [key, value] of Object.entries(options)) {
    if (key === 'signal' || key === 'file') throw cannotHave(key, 'it belongs to runExperiment')
    if (hasCode(value)) throw cannotHave(key, 'functions cannot be handed to another process')
  }
  return options
}

function cannotHave(key: string, hint: string): LlmobsExpError {
  return new LlmobsExpError('E_OPTION', `runExperimentSync: expected plain data, got ${key}`, { hint })
}

function hasCode(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value === 'function' || typeof value === 'symbol'
  return Object.values(value).some(hasCode)
}
