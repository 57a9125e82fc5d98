import { defaultStoreFolder } from '../backends/local/layout.ts'
import type { Manifest } from '../backends/local/manifest.ts'
import { type LocalStore, openLocalStore } from '../backends/local/store.ts'
import { toErrorInfo } from '../model/error-info.ts'
import { sanitizeLine } from '../terminal/sanitize.ts'
import { padEnd, truncate } from '../terminal/width.ts'
import type { CommandContext } from './command-context.ts'

export interface ListFlags {
  readonly store?: string
}

type Line = readonly [id: string, outcome: string, rows: string, name: string]

const HEAD: Line = ['experiment', 'outcome', 'rows', 'name']

/** `llmobs-exp list`: the experiments of the store, newest first. One that cannot be read is listed with the reason. */
export async function list(flags: ListFlags, context: CommandContext): Promise<number> {
  const store = openLocalStore(flags.store ?? defaultStoreFolder(context.currentFolder))
  const { stdout } = context.screen
  const ids = store.ids()
  if (ids.length === 0) {
    await stdout.write(`no experiments in ${store.folder} yet: llmobs-exp run <file>\n`)
    return 0
  }
  const lines = [HEAD, ...(await Promise.all(ids.map((id) => describe(store, id))))]
  const columns = stdout.columns > 0 ? stdout.columns : Number.POSITIVE_INFINITY
  for (const line of lines) await stdout.write(`${truncate(layOut(line, lines), columns)}\n`)
  return 0
}

function layOut([id, outcome, rows, name]: Line, lines: readonly Line[]): string {
  const width = (column: number): number => Math.max(...lines.map((line) => line[column]?.length ?? 0))
  return `${padEnd(id, width(0))}  ${padEnd(outcome, width(1))}  ${rows.padStart(width(2))}  ${name}`
}

async function describe(store: LocalStore, id: string): Promise<Line> {
  try {
    const manifest = await store.manifest(id)
    return [id, outcomeOf(manifest), rowsOf(manifest), sanitizeLine(manifest.definition.name)]
  } catch (error) {
    return [id, 'unreadable', '', sanitizeLine(toErrorInfo('E_STORE_READ', error).message)]
  }
}

function outcomeOf({ state }: Manifest): string {
  return state.status === 'planned' ? 'unfinished' : state.outcome.status
}

function rowsOf({ state }: Manifest): string {
  if (state.status === 'planned') return ''
  const { rows } = state
  return String(rows.ok + rows.error + rows.timeout + rows.skipped)
}
