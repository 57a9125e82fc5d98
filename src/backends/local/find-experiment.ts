import { existsSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { LlmobsExpError } from '../../model/errors.ts'
import { quoteText } from '../../model/quote.ts'
import { suggest } from '../../model/suggest.ts'
import { readEntries, readEntry, type StoreEntry, type UnreadableEntry } from './entries.ts'
import { findByBackendId } from './find-by-backend-id.ts'
import type { Manifest } from './manifest.ts'
import { type LocalStore, openLocalStore } from './store.ts'

/** An experiment and the store it stands in. */
export interface FoundExperiment {
  readonly store: LocalStore
  readonly experimentId: string
  readonly manifest: Manifest
  /** Newer ones that may be of the name that was asked for, and do not say so. */
  readonly passedOver: readonly UnreadableEntry[]
}

const LATEST = 'latest'
const LATEST_NAMED = 'latest:'
const NAMES_LISTED = 5
const SEE_LIST = 'llmobs-exp list shows what there is'

/**
 * Finds an experiment by its id, an unambiguous prefix of it, `latest`, `latest:<name>`, the path of its folder, or by the id or
 * link that a backend has given it. `latest` is of what was run here: what was pulled is meant only where it is named.
 *
 * @throws LlmobsExpError `E_STORE_UNKNOWN`, saying what there is
 */
export async function findExperiment(store: LocalStore, wanted: string): Promise<FoundExperiment> {
  if (wanted === LATEST) return findLatest(store)
  if (wanted.startsWith(LATEST_NAMED)) return findLatestNamed(store, wanted.slice(LATEST_NAMED.length))
  const folder = resolve(wanted)
  if (existsSync(resolve(folder, 'manifest.json'))) {
    return open(openLocalStore(dirname(dirname(folder))), basename(folder))
  }
  const id = byPrefix(store, wanted) ?? (await findByBackendId(store, wanted)) ?? (await refuse(store, wanted))
  return open(store, id)
}

/** The names an experiment answers to: its own and, of a variant, the definition's. */
export function namesOf({ definition }: Manifest): readonly string[] {
  const { name, ref } = definition
  const suffix = ref.variant === undefined ? '' : `/${ref.variant}`
  return suffix !== '' && name.endsWith(suffix) ? [name, name.slice(0, -suffix.length)] : [name]
}

async function open(store: LocalStore, experimentId: string): Promise<FoundExperiment> {
  return { store, experimentId, manifest: await store.manifest(experimentId), passedOver: [] }
}

async function findLatest(store: LocalStore): Promise<FoundExperiment> {
  const ids = store.ids()
  for (const id of ids) {
    const found = await open(store, id)
    if (found.manifest.pulled === undefined) return found
  }
  throw ids.length === 0 ? emptyStore(store) : onlyPulled(`no experiment in ${store.folder} was run here`, ids)
}

function onlyPulled(message: string, [id = '']: readonly string[]): LlmobsExpError {
  return unknown(message, `a pulled one is meant by its id: ${id}; ${SEE_LIST}`)
}

async function findLatestNamed(store: LocalStore, name: string): Promise<FoundExperiment> {
  const passedOver: UnreadableEntry[] = []
  const names = new Set<string>()
  const pulled: string[] = []
  for (const id of store.ids()) {
    const entry = await readEntry(store, id)
    if (entry?.status === 'readable') {
      const { experimentId, manifest } = entry
      const own = namesOf(manifest)
      if (manifest.pulled !== undefined) {
        if (own.includes(name)) pulled.push(experimentId)
        continue
      }
      if (own.includes(name)) return { store, experimentId, manifest, passedOver }
      for (const one of own) names.add(one)
    } else if (entry !== undefined) passedOver.push(entry)
  }
  if (pulled.length > 0) {
    throw onlyPulled(`no experiment in ${store.folder} of the name ${quoteText(name)} was run here`, pulled)
  }
  if (names.size + passedOver.length === 0) throw emptyStore(store)
  throw unknownName({ name, names, unreadable: passedOver.length, prefix: LATEST_NAMED, folder: store.folder })
}

interface NameFault {
  readonly name: string
  /** Those that there are. */
  readonly names: ReadonlySet<string>
  /** How many experiments do not say their name. */
  readonly unreadable: number
  /** What stands before a name on the command line. */
  readonly prefix: string
  readonly folder: string
}

/** An `E_STORE_UNKNOWN` that says which name was probably meant. */
export function unknownName({ name, names, unreadable, prefix, folder }: NameFault): LlmobsExpError {
  const damaged = unreadable === 0 ? '' : `; ${unreadable} cannot be read`
  const near = suggest(name, names)
  const hint = near === undefined ? '' : `did you mean ${quoteText(prefix + near)}? `
  return unknown(`no experiment in ${folder} is named ${quoteText(name)}${damaged}`, hint + listNames(names))
}

function listNames(names: ReadonlySet<string>): string {
  const some = [...names].slice(0, NAMES_LISTED).map(quoteText).join(', ')
  if (some === '') return SEE_LIST
  return names.size > NAMES_LISTED ? `There are: ${some} and ${names.size - NAMES_LISTED} more` : `There are: ${some}`
}

function byPrefix(store: LocalStore, prefix: string): string | undefined {
  const ids = store.ids()
  const matching = ids.filter((id) => id.startsWith(prefix))
  if (matching.length > 1 && !matching.includes(prefix)) {
    const some = matching.slice(0, 5).join(', ')
    throw unknown(
      `${quoteText(prefix)} is the beginning of ${matching.length} experiments: ${some}`,
      'write more of the id',
    )
  }
  return matching.find((id) => id === prefix) ?? matching[0]
}

/** Nothing answers to it: says what was probably meant. */
async function refuse(store: LocalStore, wanted: string): Promise<never> {
  const entries = await readEntries(store)
  if (entries.length === 0) throw emptyStore(store)
  if (isPath(wanted)) {
    const message = `there is no experiment at ${quoteText(wanted)}: expected a folder with a manifest.json`
    throw unknown(message, SEE_LIST)
  }
  const near =
    suggest(wanted, [LATEST, ...entries.map(({ experimentId }) => experimentId)]) ?? nearName(entries, wanted)
  const message = `no experiment in ${store.folder} has an id that starts with ${quoteText(wanted)}`
  throw unknown(message, near === undefined ? SEE_LIST : `did you mean ${quoteText(near)}?`)
}

/** `latest:<name>` for a name, or nearly one, that stands alone or behind a misspelt `latest:`. */
function nearName(entries: readonly StoreEntry[], wanted: string): string | undefined {
  const run = entries.flatMap((entry) => (entry.status === 'readable' ? [entry.manifest] : []))
  const names = new Set(run.filter(({ pulled }) => pulled === undefined).flatMap(namesOf))
  const colon = wanted.indexOf(':')
  const isPrefixed = colon > 0 && suggest(wanted.slice(0, colon), [LATEST]) !== undefined
  const word = isPrefixed ? wanted.slice(colon + 1) : wanted
  const near = names.has(word) ? word : suggest(word, names)
  return near === undefined ? undefined : LATEST_NAMED + near
}

function isPath(wanted: string): boolean {
  return /^\.{0,2}[\\/]/.test(wanted) || existsSync(wanted)
}

function emptyStore({ folder }: LocalStore): LlmobsExpError {
  return unknown(`the store ${folder} has no experiments`, 'run one with llmobs-exp run <file>')
}

function unknown(message: string, hint: string): LlmobsExpError {
  return new LlmobsExpError('E_STORE_UNKNOWN', message, { hint })
}
