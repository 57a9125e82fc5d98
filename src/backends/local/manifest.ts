import { closeSync, fsyncSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { GitInfo } from '../../model/backend.ts'
import { LlmobsExpError } from '../../model/errors.ts'
import type { Outcome } from '../../model/outcome.ts'
import type { DefinitionInfo } from '../../model/ports.ts'
import type { PulledFrom } from '../../model/pull.ts'
import type { RowCounts } from '../../model/summary.ts'
import { FILE_MODE } from './layout.ts'
import { openAtOnce } from './open-file.ts'
import { readError, writeError } from './store-error.ts'

/** Version of the manifest's format. */
export const MANIFEST_FORMAT = 1

/** What an experiment is, before and after it ran. Written before its first task and once more at its end. */
export interface Manifest {
  readonly v: number
  /** Version of the tool that wrote it. */
  readonly tool: string
  readonly experimentId: string
  /** Shared by the experiments of one command. */
  readonly groupId: string
  /** ISO 8601. */
  readonly createdAt: string
  /** The module as it was named on the command line, and the folder it was named in. */
  readonly file: string
  readonly currentFolder: string
  readonly definition: DefinitionInfo
  readonly options: ManifestOptions
  readonly hashes: { readonly module: string; readonly config: string }
  /** What was checked out where the module lies. */
  readonly git?: GitInfo
  /** Present where it was not run here. */
  readonly pulled?: PulledFrom
  readonly state: ManifestState
}

/** What decides which units there are and how they are run. */
export interface ManifestOptions {
  readonly runs: number
  readonly jobs: number
  readonly evalJobs?: number
  /** Absent: as many as it takes. */
  readonly threads?: number
  readonly timeout: number
  readonly evalTimeout: number
  readonly maxRetries: number
  readonly maxErrors: string
  readonly raiseErrors: boolean
  readonly skipInvalid: boolean
  /** Absent in manifests of versions without these brakes. */
  readonly maxIdenticalErrors?: number
  /** Absent: as long as it takes. */
  readonly maxTime?: number
  /** `key=value`, as they were given on the command line. */
  readonly config?: readonly string[]
  readonly filters: readonly string[]
  readonly records: readonly string[]
  readonly sampleSize?: number
  readonly sampleSeed?: number
  readonly plannedRecords?: number
  /** Valid records of the whole dataset, where it was read through before. */
  readonly datasetRecords?: number
  /** Of the backend; absent: the one that it takes by itself. */
  readonly project?: string
}

export type ManifestState =
  | { readonly status: 'planned' }
  | { readonly status: 'finished'; readonly outcome: Outcome; readonly rows: RowCounts; readonly finishedAt: string }

/** Replaces the file as a whole: a reader, or a power failure, meets the old manifest or the new one. */
export function writeManifest(path: string, manifest: Manifest): void {
  const temporary = `${path}.tmp`
  try {
    const fd = openAtOnce(temporary, 'w', FILE_MODE)
    try {
      writeFileSync(fd, `${JSON.stringify(manifest, undefined, 2)}\n`)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    renameSync(temporary, path)
    syncFolder(dirname(path))
  } catch (error) {
    removeQuietly(temporary)
    throw writeError(path, error)
  }
}

/** On a disk that fails this fails too, which is not what to tell of. */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {}
}

/** Makes what was made, renamed or removed in the folder outlive a power failure. */
export function syncFolder(folder: string): void {
  const fd = openAtOnce(folder, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** @throws LlmobsExpError `E_STORE_READ` for a damaged manifest, `E_STORE_FORMAT` for one of a newer version */
export async function readManifest(path: string): Promise<Manifest> {
  const { manifestSchema } = await import('./manifest-schema.ts')
  const parsed = parse(path)
  const format = typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'v') : undefined
  if (typeof format === 'number' && format > MANIFEST_FORMAT) {
    const hint = 'update llmobs-exp to read it'
    throw new LlmobsExpError(
      'E_STORE_FORMAT',
      `${path} has format ${format}, which a newer version of this tool wrote`,
      { hint },
    )
  }
  const checked = manifestSchema.safeParse(parsed)
  if (checked.success) return checked.data
  const issue = checked.error.issues[0]
  const where = issue === undefined ? '' : `: ${issue.path.join('.')}: ${issue.message}`
  throw new LlmobsExpError('E_STORE_READ', `${path} is not a manifest of this tool${where}`, { cause: checked.error })
}

function parse(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw readError(path, error)
  }
}
