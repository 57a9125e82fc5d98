import type { StoreEntry, UnreadableEntry } from './entries.ts'
import { namesOf } from './find-experiment.ts'

type ReadableEntry = Extract<StoreEntry, { readonly status: 'readable' }>

export interface PruneWish {
  /** How many experiments of each name stay. */
  readonly keep: number
  /** Only experiments that answer to this name. */
  readonly name?: string
  /** Whether a process may still be writing the experiment. */
  readonly isClaimed: (experimentId: string) => boolean
}

export interface PruneChoice {
  readonly remove: readonly ReadableEntry[]
  /** Beyond what is to be kept, but of a command that may still run. */
  readonly busy: readonly ReadableEntry[]
  /** Of unknown name: never removed. */
  readonly unreadable: readonly UnreadableEntry[]
}

/**
 * Which experiments go: of each full name all but the newest, so that what is run often does not push out what is run rarely.
 * Experiments of one command that still runs all stay: its reports may read them back at its end.
 *
 * @param entries newest first
 */
export function choosePruned(entries: readonly StoreEntry[], { keep, name, isClaimed }: PruneWish): PruneChoice {
  const readable = entries.filter((entry) => entry.status === 'readable')
  const running = new Set(
    readable.filter((entry) => isClaimed(entry.experimentId)).map(({ manifest }) => manifest.groupId),
  )
  const seen = new Map<string, number>()
  const beyond = readable.filter(({ manifest }) => {
    if (name !== undefined && !namesOf(manifest).includes(name)) return false
    // What was pulled must not push out what was run here.
    const kind = `${manifest.pulled === undefined ? 'run' : 'pulled'} ${manifest.definition.name}`
    const position = seen.get(kind) ?? 0
    seen.set(kind, position + 1)
    return position >= keep
  })
  const isBusy = ({ manifest }: ReadableEntry): boolean => running.has(manifest.groupId)
  return {
    remove: beyond.filter((entry) => !isBusy(entry)),
    busy: beyond.filter(isBusy),
    unreadable: entries.filter((entry) => entry.status !== 'readable'),
  }
}
