import { backendIdOf } from '../../model/pull.ts'
import { readEntry } from './entries.ts'
import { openPushLog } from './push-log.ts'
import type { LocalStore } from './store.ts'

/**
 * The experiment that a backend knows by this id or link: one that was pushed from here before one that was pulled, as that is the
 * original. Undefined where there is none.
 */
export async function findByBackendId(store: LocalStore, wanted: string): Promise<string | undefined> {
  const backendId = backendIdOf(wanted)
  if (backendId === undefined) return undefined
  let pulled: string | undefined
  for (const id of store.ids()) {
    if (await wasPushedAs(store, id, backendId)) return id
    pulled ??= (await wasPulledAs(store, id, backendId)) ? id : undefined
  }
  return pulled
}

/** The experiment that was pulled as this. */
export async function findPulled(store: LocalStore, backendId: string): Promise<string | undefined> {
  for (const id of store.ids()) if (await wasPulledAs(store, id, backendId)) return id
  return undefined
}

async function wasPulledAs(store: LocalStore, id: string, backendId: string): Promise<boolean> {
  const entry = await readEntry(store, id)
  return entry?.status === 'readable' && entry.manifest.pulled?.id === backendId
}

async function wasPushedAs(store: LocalStore, id: string, backendId: string): Promise<boolean> {
  const clock = { now: () => 0 }
  try {
    for await (const entry of openPushLog(store.files(id).push, clock).entries()) {
      if (entry.type === 'opened' && backendIdOf(entry.link) === backendId) return true
    }
  } catch {
    // One that cannot be read does not say what it was pushed as.
  }
  return false
}
