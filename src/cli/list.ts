import { readPushed } from '../backends/batching/past-delivery.ts'
import { readEntries, type StoreEntry, sizeOfFolder } from '../backends/local/entries.ts'
import { defaultStoreFolder } from '../backends/local/layout.ts'
import { readLock } from '../backends/local/lock.ts'
import type { ManifestState } from '../backends/local/manifest.ts'
import { openPushLog } from '../backends/local/push-log.ts'
import { type LocalStore, openLocalStore } from '../backends/local/store.ts'
import { LlmobsExpError } from '../model/errors.ts'
import type { TextSink } from '../model/ports.ts'
import { formatCount } from '../reporters/format/number.ts'
import { formatSize } from '../reporters/format/size.ts'
import { sanitizeLine } from '../terminal/sanitize.ts'
import { padEnd, truncate } from '../terminal/width.ts'
import { excerpt } from '../terminal/wrap.ts'
import type { CommandContext } from './command-context.ts'
import { listRemote, type RemoteListFlags } from './list/remote.ts'
import { claimOf } from './lock-owner.ts'

export interface ListFlags extends RemoteListFlags {
  readonly store?: string
  readonly remote?: boolean
}

/** One experiment as it is listed. */
interface Line {
  readonly id: string
  readonly outcome: string
  /** Whether a backend has it; empty where it was never pushed. */
  readonly pushed: string
  readonly rows: string
  readonly size: string
  readonly name: string
}

const HEAD: Line = { id: 'experiment', outcome: 'outcome', pushed: 'pushed', rows: 'rows', size: 'size', name: 'name' }
/** In place of whether it was pushed. */
const PULLED = 'pulled'
/** So many columns for a name are worth a table. */
const MIN_NAME_COLUMNS = 12
const MAX_LINES = 3

/** `llmobs-exp list`: the experiments of the store, newest first. One that cannot be read is listed with the reason. */
export async function list(flags: ListFlags, context: CommandContext): Promise<number> {
  if (flags.remote === true) return listRemote(flags, context)
  refuseRemoteFlags(flags)
  const store = openLocalStore(flags.store ?? defaultStoreFolder(context.currentFolder))
  const { stdout } = context.screen
  const entries = await readEntries(store)
  if (entries.length === 0) {
    await stdout.write(`no experiments in ${store.folder} yet: llmobs-exp run <file>\n`)
    return 0
  }
  const sizes = await Promise.all(entries.map(({ experimentId }) => sizeOfFolder(store.files(experimentId).folder)))
  const pushed = await Promise.all(entries.map((entry) => describePushed(store, entry, context)))
  const lines = entries.map((entry, index) => {
    return { ...describeEntry(store, entry, sizes[index] ?? 0), pushed: pushed[index] ?? '' }
  })
  const total = sizes.reduce((sum, size) => sum + size, 0)
  for (const line of layOut(lines, stdout)) await stdout.write(`${line}\n`)
  await stdout.write(
    `\n${formatCount(entries.length, 'experiment')}, ${formatSize(total)} in ${sanitizeLine(store.folder)}\n`,
  )
  await stdout.flush()
  return 0
}

function refuseRemoteFlags({ store: _store, remote: _remote, ...others }: ListFlags): void {
  const [name] = Object.keys(others)
  if (name !== undefined) throw new LlmobsExpError('E_OPTION', `--${name}: expected --remote with it, got none`)
}

/** As a table, or as a few lines each where the terminal has no room for the names. */
function layOut(lines: readonly Line[], { columns }: TextSink): string[] {
  const all = [HEAD, ...lines]
  const width = (column: keyof Line): number => Math.max(...all.map((line) => line[column].length))
  // Where nothing is pushed nobody asks for it.
  const hasPushed = lines.some(({ pushed }) => pushed !== '')
  const pushedWidth = hasPushed ? width('pushed') + 2 : 0
  const before = width('id') + width('outcome') + pushedWidth + width('rows') + width('size') + 8
  if (columns > 0 && before + MIN_NAME_COLUMNS > columns) return lines.flatMap((line) => layOutNarrow(line, columns))
  return all.map(({ id, outcome, pushed, rows, size, name }) => {
    const state = hasPushed ? [padEnd(pushed, width('pushed'))] : []
    const cells = [padEnd(id, width('id')), padEnd(outcome, width('outcome')), ...state]
    const numbers = [rows.padStart(width('rows')), size.padStart(width('size'))]
    const text = [...cells, ...numbers, name].join('  ')
    return columns > 0 ? truncate(text, columns) : text
  })
}

const narrowWords: { readonly [pushed: string]: string } = { yes: 'pushed', pulled: PULLED }

function layOutNarrow({ id, outcome, pushed, rows, size, name }: Line, columns: number): string[] {
  const state = pushed === '' ? [] : [narrowWords[pushed] ?? 'partly pushed']
  const details = [outcome, ...state, ...(rows === '' ? [] : [formatCount(Number(rows), 'row')]), size, name].join(', ')
  const lines = excerpt(details, { columns: columns - 2, lines: MAX_LINES })
  // The id is whole, so that it can be copied.
  return [id, ...lines.map((line) => `  ${line}`)]
}

async function describePushed(store: LocalStore, entry: StoreEntry, { clock }: CommandContext): Promise<string> {
  if (entry.status !== 'readable') return ''
  if (entry.manifest.pulled !== undefined) return PULLED
  try {
    const pushed = await readPushed(openPushLog(store.files(entry.experimentId).push, clock))
    return pushed === 'no' ? '' : pushed
  } catch {
    return 'unknown'
  }
}

function describeEntry(store: LocalStore, entry: StoreEntry, bytes: number): Omit<Line, 'pushed'> {
  const id = entry.experimentId
  const size = formatSize(bytes)
  if (entry.status !== 'readable')
    return { id: sanitizeLine(id), outcome: entry.status, rows: '', size, name: sanitizeLine(entry.reason) }
  const { state, definition } = entry.manifest
  const outcome = state.status === 'finished' ? state.outcome.status : unfinished(store, id)
  return { id, outcome, rows: rowsOf(state), size, name: sanitizeLine(definition.name) }
}

function unfinished(store: LocalStore, id: string): string {
  return claimOf(readLock(store.files(id).lock)) === 'running' ? 'running' : 'unfinished'
}

function rowsOf(state: ManifestState): string {
  if (state.status === 'planned') return ''
  const { rows } = state
  return String(rows.ok + rows.error + rows.timeout + rows.skipped)
}
