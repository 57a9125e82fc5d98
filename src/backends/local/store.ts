import { existsSync, mkdirSync, readdirSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { RowReader } from '../../model/row.ts'
import { type EventLog, openEventLog } from './event-log.ts'
import { EXPERIMENTS_FOLDER, type ExperimentFiles, experimentFiles, FILE_MODE, FOLDER_MODE } from './layout.ts'
import { writeLock } from './lock-file.ts'
import { type Manifest, readManifest, syncFolder, writeManifest } from './manifest.ts'
import { createRowReader } from './row-reader.ts'
import { errnoOf, readError, writeError } from './store-error.ts'

/** One experiment that is being written. */
export interface StoredExperiment {
  readonly files: ExperimentFiles
  readonly log: EventLog
  readonly reader: RowReader
  /** Writes the manifest anew, closes the log and lets go of the lock. */
  finish(manifest: Manifest): void
  /** Leaves the experiment as it is planned, for another time. */
  leave(): void
  /** Takes the experiment out of the store: it never started. */
  discard(): void
}

/** The process that is writing an experiment. */
export interface LockOwner {
  readonly pid: number
  readonly host: string
  /** When it was started, where that is known, in a unit of its machine: tells it from a later process of the same number. */
  readonly started?: number
}

/** The local store: a folder of experiments. Opening it for writing makes what is missing. */
export interface LocalStore {
  readonly folder: string
  /** @throws LlmobsExpError `E_STORE_WRITE` */
  create(manifest: Manifest, owner: LockOwner): StoredExperiment
  /** Ids of all experiments, newest first. */
  ids(): readonly string[]
  manifest(experimentId: string): Promise<Manifest>
  files(experimentId: string): ExperimentFiles
}

export function openLocalStore(folder: string): LocalStore {
  return {
    folder,
    create: (manifest, owner) => createExperiment(folder, manifest, owner),
    ids: () => listIds(folder),
    manifest: (experimentId) => readManifest(experimentFiles(folder, experimentId).manifest),
    files: (experimentId) => experimentFiles(folder, experimentId),
  }
}

function createExperiment(storeFolder: string, manifest: Manifest, owner: LockOwner): StoredExperiment {
  const files = experimentFiles(storeFolder, manifest.experimentId)
  const firstMade = prepareFolders(storeFolder, files, owner)
  // Before the manifest, whose folder is synced with all that is in it.
  const log = openEventLog(files.events)
  writeManifest(files.manifest, manifest)
  syncNames(dirname(files.folder), firstMade)
  return {
    files,
    log,
    reader: createRowReader(files.events, { isFresh: true }),
    finish: (finished) => finishExperiment(files, log, finished),
    leave: () => leaveExperiment(files, log),
    discard() {
      log.close()
      rmSync(files.folder, { recursive: true, force: true })
    },
  }
}

/** Makes the store itself, where it is not there yet. Returns the first of the folders that had to be made. */
export function prepareStore(storeFolder: string): string | undefined {
  const firstMade = mkdirSync(join(storeFolder, EXPERIMENTS_FOLDER), { recursive: true, mode: FOLDER_MODE })
  const ignore = join(storeFolder, '.gitignore')
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n', { mode: FILE_MODE })
  return firstMade
}

/** A store that cannot be written any more is let go of all the same. */
export function finishExperiment(files: ExperimentFiles, log: EventLog, manifest: Manifest): void {
  try {
    log.close()
    writeManifest(files.manifest, manifest)
  } finally {
    unlock(files.lock)
  }
}

export function leaveExperiment({ lock }: ExperimentFiles, log: EventLog): void {
  try {
    log.close()
  } finally {
    unlock(lock)
  }
}

function prepareFolders(storeFolder: string, files: ExperimentFiles, owner: LockOwner): string | undefined {
  try {
    const firstMade = prepareStore(storeFolder)
    mkdirSync(files.folder, { mode: FOLDER_MODE })
    writeLock(files.lock, owner)
    return firstMade
  } catch (error) {
    throw writeError(files.folder, error)
  }
}

/** Makes the experiment's own folder outlive a power failure, and those of the store where they are new. */
function syncNames(experiments: string, firstMade: string | undefined): void {
  const last = firstMade === undefined ? experiments : dirname(firstMade)
  try {
    for (let folder = experiments; ; folder = dirname(folder)) {
      syncFolder(folder)
      if (folder === last) return
    }
  } catch (error) {
    throw writeError(experiments, error)
  }
}

export function unlock(lock: string): void {
  try {
    unlinkSync(lock)
  } catch (error) {
    throw writeError(lock, error)
  }
}

function listIds(storeFolder: string): readonly string[] {
  try {
    const entries = readdirSync(join(storeFolder, EXPERIMENTS_FOLDER), { withFileTypes: true })
    const ids = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
    return ids
      .filter((id) => wasMade(experimentFiles(storeFolder, id)))
      .sort()
      .reverse()
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw readError(join(storeFolder, EXPERIMENTS_FOLDER), error)
  }
}

/** Not of a folder whose process was killed, or is, before there was anything in it. */
function wasMade({ manifest, events }: ExperimentFiles): boolean {
  return existsSync(manifest) || (statSync(events, { throwIfNoEntry: false })?.size ?? 0) > 0
}
