import { existsSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { LlmobsExpError } from '../../model/errors.ts'
import type { Manifest } from './manifest.ts'
import { type LocalStore, openLocalStore } from './store.ts'

/** An experiment and the store it stands in. */
export interface FoundExperiment {
  readonly store: LocalStore
  readonly experimentId: string
  readonly manifest: Manifest
}

/**
 * Finds an experiment by its id, an unambiguous prefix of it, `latest`, `latest:<name>`, or the path of its folder.
 * @throws LlmobsExpError `E_STORE_UNKNOWN`, saying what there is
 */
export async function findExperiment(store: LocalStore, wanted: string): Promise<FoundExperiment> {
  if (wanted === 'latest') return open(store, newest(store))
  if (wanted.startsWith('latest:')) return findLatestNamed(store, wanted.slice('latest:'.length))
  const folder = resolve(wanted)
  if (existsSync(resolve(folder, 'manifest.json'))) {
    return open(openLocalStore(dirname(dirname(folder))), basename(folder))
  }
  return open(store, byPrefix(store, wanted))
}

async function open(store: LocalStore, experimentId: string): Promise<FoundExperiment> {
  return { store, experimentId, manifest: await store.manifest(experimentId) }
}

function newest(store: LocalStore): string {
  const [id] = store.ids()
  if (id === undefined)
    throw unknown(`the store ${store.folder} has no experiments`, 'run one with llmobs-exp run <file>')
  return id
}

async function findLatestNamed(store: LocalStore, name: string): Promise<FoundExperiment> {
  for (const id of store.ids()) {
    const found = await open(store, id)
    const isNamed = found.manifest.definition.name === name || found.manifest.definition.name.startsWith(`${name}/`)
    if (isNamed) return found
  }
  throw unknown(
    `no experiment in ${store.folder} is named ${JSON.stringify(name)}`,
    'llmobs-exp list shows what there is',
  )
}

function byPrefix(store: LocalStore, prefix: string): string {
  const ids = store.ids()
  const matching = ids.filter((id) => id.startsWith(prefix))
  const exact = matching.find((id) => id === prefix)
  const [only, ...others] = matching
  if (exact !== undefined) return exact
  if (only === undefined) {
    throw unknown(
      `no experiment in ${store.folder} has an id that starts with ${JSON.stringify(prefix)}`,
      'llmobs-exp list shows what there is',
    )
  }
  if (others.length > 0) {
    const some = matching.slice(0, 5).join(', ')
    throw unknown(
      `${JSON.stringify(prefix)} is the beginning of ${matching.length} experiments: ${some}`,
      'write more of the id',
    )
  }
  return only
}

function unknown(message: string, hint: string): LlmobsExpError {
  return new LlmobsExpError('E_STORE_UNKNOWN', message, { hint })
}
