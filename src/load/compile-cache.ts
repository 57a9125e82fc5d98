import { createHash, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import { basename, dirname, extname, join, relative, sep } from 'node:path'
import type { BuildTrace } from './build-trace.ts'
import { exists, type Fingerprint, isFingerprint, isUnchanged, sha256, statOf } from './fingerprint.ts'

/** Raised whenever the output for the same sources changes. */
const CACHE_VERSION = 1
const OLD_MS = 24 * 60 * 60 * 1000

/** Where the compiled forms of one source file lie, in any cache folder. */
export interface CacheKey {
  /** File name without extension, and the beginning of every output's name. */
  readonly prefix: string
  /** All that influences the output beside files. */
  readonly options: string
}

/** What stands beside an output. */
export interface CacheEntry {
  readonly options: string
  readonly outputName: string
  readonly hash: string
  readonly sources: readonly Fingerprint[]
  readonly settings: readonly Fingerprint[]
  readonly packageFiles: readonly string[]
  readonly absent: readonly string[]
}

/** A compilation on its way to a cache folder. */
export interface CacheContent {
  readonly key: CacheKey
  readonly entry: CacheEntry
  readonly code: string
}

export function cacheKey(file: string, packageEntry: string): CacheKey {
  const name = basename(file, extname(file))
    .replace(/[^\w-]+/g, '_')
    .slice(0, 40)
  // What is built in decides what stays outside, and is all that differs between versions of Node.
  const options = sha256(JSON.stringify([CACHE_VERSION, packageEntry, builtinModules]))
  return { prefix: `${name}-${sha256(file).slice(0, 12)}`, options }
}

/** The entry in a folder, when nothing it was made from has changed since. */
export function readFresh(folder: string, key: CacheKey): CacheEntry | undefined {
  const path = join(folder, `${key.prefix}.json`)
  const writtenAt = statOf(path)?.mtimeMs
  const entry = writtenAt === undefined ? undefined : readEntry(path)
  if (writtenAt === undefined || entry === undefined || entry.options !== key.options) return undefined
  const isSame = (file: Fingerprint) => isUnchanged(file, writtenAt)
  const isFresh =
    exists(join(folder, entry.outputName)) &&
    entry.sources.every(isSame) &&
    entry.settings.every(isSame) &&
    entry.packageFiles.every(exists) &&
    !entry.absent.some(exists)
  return isFresh ? entry : undefined
}

function readEntry(path: string): CacheEntry | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return isEntry(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

function isEntry(value: unknown): value is CacheEntry {
  if (typeof value !== 'object' || value === null) return false
  const texts = ['options', 'outputName', 'hash'].every((key) => typeof Reflect.get(value, key) === 'string')
  return (
    texts &&
    isListOf(Reflect.get(value, 'sources'), isFingerprint) &&
    isListOf(Reflect.get(value, 'settings'), isFingerprint) &&
    isListOf(Reflect.get(value, 'packageFiles'), isString) &&
    isListOf(Reflect.get(value, 'absent'), isString)
  )
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem)
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}

/** Describes a finished compilation. */
export function createEntry(file: string, options: { key: CacheKey; code: string; trace: BuildTrace }): CacheEntry {
  const { key, code, trace } = options
  const sources = [...trace.sources.values()]
  return {
    options: key.options,
    outputName: `${key.prefix}-${sha256(code).slice(0, 16)}.mjs`,
    hash: sourcesHash(file, sources),
    sources,
    settings: [...trace.settings.values()],
    packageFiles: [...trace.packageFiles],
    absent: [...trace.absent],
  }
}

/** The same for the same sources in the same arrangement, wherever they lie. */
function sourcesHash(file: string, sources: readonly Fingerprint[]): string {
  const folder = dirname(file)
  const lines = sources.map(({ path, sha256: digest }) => `${relative(folder, path).split(sep).join('/')}\0${digest}\n`)
  const digest = createHash('sha256')
  for (const line of lines.sort()) digest.update(line)
  return digest.digest('hex')
}

export async function makeFolder(folder: string): Promise<void> {
  const made = await mkdir(folder, { recursive: true, mode: 0o700 })
  if (made !== undefined) await writeFile(join(folder, '.gitignore'), '*\n', { mode: 0o600 })
}

/** Writes output and entry, each whole or not at all; several processes may do so at once. */
export async function writeEntry(folder: string, { key, entry, code }: CacheContent): Promise<void> {
  await writeWhole(join(folder, entry.outputName), code)
  await writeWhole(join(folder, `${key.prefix}.json`), JSON.stringify(entry))
  await removeOld(folder, key, entry.outputName)
}

async function writeWhole(path: string, content: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    await writeFile(temporary, content, { mode: 0o600, flag: 'wx' })
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw error
  }
}

/** A run of another process may still start a thread from an older output, so only what is a day older goes. */
async function removeOld(folder: string, key: CacheKey, current: string): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  const ours = names.filter((name) => name.startsWith(`${key.prefix}-`) || name.startsWith(`${key.prefix}.json.`))
  const now = await changedAt(join(folder, current))
  for (const name of ours) {
    const path = join(folder, name)
    if (name !== current && now - (await changedAt(path)) > OLD_MS)
      await rm(path, { force: true }).catch(() => undefined)
  }
}

async function changedAt(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.mtimeMs ?? Number.NaN
}
