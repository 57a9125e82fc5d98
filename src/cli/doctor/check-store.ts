import { existsSync, mkdtempSync, rmdirSync, statfsSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { readEntries, type StoreEntry, sizeOfFolder } from '../../backends/local/entries.ts'
import { defaultStoreFolder } from '../../backends/local/layout.ts'
import { MANIFEST_FORMAT } from '../../backends/local/manifest.ts'
import { openLocalStore } from '../../backends/local/store.ts'
import { errnoOf } from '../../backends/local/store-error.ts'
import { resolveOption } from '../../config/resolve.ts'
import { EVENT_FORMAT } from '../../model/events.ts'
import { formatSize } from '../../reporters/format/size.ts'
import { attempt, type Fact, type Finding, layersOf, type Subject, type Trouble, troubleOf } from './finding.ts'

/** Less room than this is used up by one experiment. */
const LITTLE_ROOM = 100_000_000

/** The local store: where it is, whether it can be written, and what is in it. */
export async function checkStore(subject: Subject): Promise<Finding[]> {
  const named = await attempt(() => resolveOption('store', layersOf(subject)).value)
  // A value that is wrong is told of by the check of options.
  const wanted = named.status === 'ok' ? named.value : undefined
  const folder = resolve(subject.currentFolder, wanted ?? defaultStoreFolder(subject.currentFolder))
  const place = describePlace(folder)
  const contents = await attempt(() => describeContents(folder))
  // A folder that is none is told of once.
  const unreadable = contents.status === 'failed' && place.troubles.length === 0 ? [troubleOf(contents.error)] : []
  return [
    {
      name: 'store',
      facts: [
        { name: 'folder', value: folder },
        ...place.facts,
        ...(contents.status === 'ok' ? contents.value.facts : []),
        { name: 'format', value: `manifest ${MANIFEST_FORMAT}, events ${EVENT_FORMAT}` },
      ],
      troubles: [...place.troubles, ...unreadable, ...(contents.status === 'ok' ? contents.value.troubles : [])],
    },
  ]
}

type Described = Pick<Finding, 'facts' | 'troubles'>

/** Makes nothing that stays: tries in the nearest folder that is there. Asking for permission would not do: root has it always. */
function describePlace(folder: string): Described {
  let existing = folder
  while (!existsSync(existing) && existing !== dirname(existing)) existing = dirname(existing)
  const reason = reasonNotWritable(existing)
  if (reason !== undefined) {
    const message = `cannot write to ${folder}: ${existing} ${reason}`
    const hint = 'make it writable, or name another folder: --store <dir>'
    return { facts: [writable(false)], troubles: [{ severity: 'error', code: 'E_STORE_WRITE', message, hint }] }
  }
  const { bavail, bsize, blocks } = statfsSync(existing)
  const free = bavail * bsize
  const room: Fact = { name: 'free', value: free, text: formatSize(free) }
  const message = `only ${formatSize(free)} are free where the store is`
  const troubles: Trouble[] =
    blocks > 0 && free < LITTLE_ROOM
      ? [{ severity: 'warning', message, hint: 'remove old experiments: llmobs-exp prune --keep 5' }]
      : []
  return { facts: [writable(true), room], troubles }
}

function writable(value: boolean): Fact {
  return { name: 'writable', value, text: value ? 'yes' : 'no' }
}

function reasonNotWritable(existing: string): string | undefined {
  if (!statSync(existing).isDirectory()) return 'is no folder'
  try {
    rmdirSync(mkdtempSync(join(existing, '.llmobs-exp-doctor-')))
    return undefined
  } catch (error) {
    return `is not writable (${String(errnoOf(error))})`
  }
}

async function describeContents(folder: string): Promise<Described> {
  const store = openLocalStore(folder)
  const entries = await readEntries(store)
  const sizes = await Promise.all(entries.map(({ experimentId }) => sizeOfFolder(store.files(experimentId).folder)))
  const size = sizes.reduce((sum, one) => sum + one, 0)
  return {
    facts: [
      { name: 'experiments', value: entries.length },
      { name: 'size', value: size, text: formatSize(size) },
    ],
    troubles: entries.flatMap(describeUnreadable),
  }
}

function describeUnreadable(entry: StoreEntry): Trouble[] {
  if (entry.status === 'readable') return []
  const what = entry.status === 'newer' ? 'was written by a newer version' : 'cannot be read'
  return [{ severity: 'warning', message: `experiment ${entry.experimentId} ${what}: ${entry.reason}` }]
}
