import { choosePruned, type PruneChoice } from '../backends/local/choose-pruned.ts'
import { readEntries, type StoreEntry, sizeOfFolder } from '../backends/local/entries.ts'
import { namesOf, unknownName } from '../backends/local/find-experiment.ts'
import { defaultStoreFolder } from '../backends/local/layout.ts'
import { readLock } from '../backends/local/lock.ts'
import { type LocalStore, openLocalStore } from '../backends/local/store.ts'
import { emptyTrash, moveToTrash, sizeOfTrash } from '../backends/local/trash.ts'
import { integer } from '../config/option-kinds.ts'
import { LlmobsExpError } from '../model/errors.ts'
import { formatCount } from '../reporters/format/number.ts'
import { formatSize } from '../reporters/format/size.ts'
import { sanitizeLine } from '../terminal/sanitize.ts'
import { excerpt } from '../terminal/wrap.ts'
import type { CommandContext } from './command-context.ts'
import { claimOf } from './lock-owner.ts'

export interface PruneFlags {
  readonly keep?: string
  readonly name?: string
  readonly dryRun?: boolean
  readonly store?: string
}

const MAX_LINES = 6

const keepOption = integer({ min: 0, max: 1_000_000, default: 0, group: '', description: '' })

/** `llmobs-exp prune --keep n`: of each experiment the newest n stay in the store. */
export async function prune(flags: PruneFlags, context: CommandContext): Promise<number> {
  const keep = readKeep(flags.keep)
  const store = openLocalStore(flags.store ?? defaultStoreFolder(context.currentFolder))
  const entries = await readEntries(store)
  const print = printer(context)
  if (flags.name !== undefined) refuseUnknown(flags.name, entries, store)
  const choice = choosePruned(entries, {
    keep,
    isClaimed: (id) => isClaimed(store, id),
    ...(flags.name === undefined ? {} : { name: flags.name }),
  })
  const removed = await remove(store, choice, { isDry: flags.dryRun === true, print })
  await tellWhatStays(store, choice, print)
  const kept = entries.length - removed.count
  const verb = flags.dryRun === true ? 'would remove' : 'removed'
  const freed = `${flags.dryRun === true ? 'free' : 'freed'} ${formatSize(removed.bytes)}`
  await print(`${verb} ${formatCount(removed.count, 'experiment')}, ${freed}; ${formatCount(kept, 'experiment')} left`)
  return 0
}

function readKeep(text: string | undefined): number {
  const refuse = (got: string): never => {
    throw new LlmobsExpError('E_OPTION', `--keep: expected ${keepOption.expected}, got ${got}`)
  }
  if (text === undefined) return refuse('nothing')
  return keepOption.read([text], (got) => refuse(JSON.stringify(got)))
}

function refuseUnknown(name: string, entries: readonly StoreEntry[], { folder }: LocalStore): void {
  const readable = entries.filter((entry) => entry.status === 'readable')
  const names = new Set(readable.flatMap(({ manifest }) => namesOf(manifest)))
  if (names.has(name)) return
  throw unknownName({ name, names, unreadable: entries.length - readable.length, prefix: '', folder })
}

/** One that cannot be told from a running one is left alone. */
function isClaimed(store: LocalStore, experimentId: string): boolean {
  return claimOf(readLock(store.files(experimentId).lock)) !== 'none'
}

type Print = (line: string) => Promise<void>

/** Lines are wrapped to a terminal and left whole elsewhere. */
function printer({ screen: { stdout } }: CommandContext): Print {
  return async (line) => {
    const { columns } = stdout
    const text = columns === 0 ? sanitizeLine(line) : excerpt(line, { columns, lines: MAX_LINES }).join('\n')
    await stdout.write(`${text}\n`)
  }
}

interface Removed {
  readonly count: number
  readonly bytes: number
}

async function remove(
  store: LocalStore,
  { remove: chosen }: PruneChoice,
  { isDry, print }: { readonly isDry: boolean; readonly print: Print },
): Promise<Removed> {
  let bytes = await sizeOfTrash(store.folder)
  let count = 0
  try {
    for (const { experimentId, manifest } of chosen) {
      const size = await sizeOfFolder(store.files(experimentId).folder)
      if (!isDry && (isClaimed(store, experimentId) || !moveToTrash(store.folder, experimentId))) continue
      bytes += size
      count++
      const verb = isDry ? 'would remove' : 'removed'
      await print(`${verb} ${experimentId}  ${formatSize(size)}  ${manifest.definition.name}`)
    }
  } finally {
    if (!isDry) await emptyTrash(store.folder)
  }
  return { count, bytes }
}

async function tellWhatStays(store: LocalStore, { busy, unreadable }: PruneChoice, print: Print): Promise<void> {
  for (const { experimentId, manifest } of busy) {
    await print(`kept ${experimentId}  ${manifest.definition.name}: the command that writes it may still be running`)
  }
  for (const { experimentId, reason } of unreadable) {
    const { folder } = store.files(experimentId)
    await print(`left as it is, delete it yourself if you do not need it: ${folder}: ${reason}`)
  }
}
