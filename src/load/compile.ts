import { constants, realpathSync } from 'node:fs'
import { access } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { LlmobsExpError } from '../model/errors.ts'
import { createBuildTrace } from './build-trace.ts'
import type { BundleOptions } from './bundle.ts'
import {
  type CacheContent,
  type CacheEntry,
  cacheKey,
  createEntry,
  makeFolder,
  readFresh,
  writeEntry,
} from './compile-cache.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { compiledFiles, type FileListener } from './used-files.ts'

export interface CompileOptions {
  /** Where compiled modules are kept. Made when it is missing; a folder for temporary files is used when it cannot be written. */
  readonly cacheFolder: string
  /** Absolute path of this package's own entry: every import of `llmobs-exp` gets this one. */
  readonly packageEntry: string
  /** Told of everything that the output depends on, also when there is none because it does not compile. */
  readonly onFiles?: FileListener | undefined
}

/** A user's module as a worker can import it. */
export interface CompiledModule {
  /** The source, as it was given. */
  readonly file: string
  readonly outputFile: string
  /** To be given to `import()`. */
  readonly url: string
  /** Every file that was bundled, absolute. */
  readonly inputs: readonly string[]
  /** SHA-256 over the bundled files, in hexadecimal: the same wherever they lie. */
  readonly hash: string
}

/**
 * Compiles a user's TypeScript or JavaScript module. When nothing has changed since the last time, the compiler is not even loaded.
 *
 * @param file absolute path
 * @throws LlmobsExpError `E_MODULE_LOAD` when it does not compile, with the place and a code frame
 */
export async function compileModule(file: string, options: CompileOptions): Promise<CompiledModule> {
  const source = realFile(file)
  const packageEntry = realFile(options.packageEntry)
  const { entry, folder } = await findOrCompile({ file: source, packageEntry, trace: createBuildTrace() }, options)
  options.onFiles?.(compiledFiles(entry))
  return describe(file, folder, entry)
}

interface KeptEntry {
  readonly entry: CacheEntry
  /** Where its output lies. */
  readonly folder: string
}

async function findOrCompile(bundling: BundleOptions, { cacheFolder, onFiles }: CompileOptions): Promise<KeptEntry> {
  const key = cacheKey(bundling.file, bundling.packageEntry)
  const known = readFresh(cacheFolder, key)
  if (known !== undefined) return { entry: known, folder: cacheFolder }
  const folder = (await isWritable(cacheFolder)) ? cacheFolder : temporaryFolder()
  const keptElsewhere = folder === cacheFolder ? undefined : readFresh(folder, key)
  if (keptElsewhere !== undefined) return { entry: keptElsewhere, folder }
  const code = await runCompiler(bundling).catch((error: unknown) => {
    const { sources, settings, absent } = bundling.trace
    onFiles?.(compiledFiles({ sources: sources.values(), settings: settings.values(), absent }))
    throw error
  })
  const entry = createEntry(bundling.file, { key, code, trace: bundling.trace })
  return { entry, folder: await keep(folder, { key, entry, code }) }
}

async function runCompiler(options: BundleOptions): Promise<string> {
  try {
    const { bundle } = await import('./bundle.ts')
    return await bundle(options)
  } catch (cause) {
    if (cause instanceof LlmobsExpError) throw cause
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause)
    throw new LlmobsExpError('E_MODULE_LOAD', `cannot run the compiler, esbuild: ${reason}`, {
      hint: 'was node_modules installed for this platform? npm ci',
      cause,
    })
  }
}

function realFile(file: string): string {
  try {
    return realpathSync(file)
  } catch (cause) {
    throw new LlmobsExpError('E_FILE_NOT_FOUND', `${basename(file)}: there is no such file`, {
      location: { file },
      cause,
    })
  }
}

async function isWritable(folder: string): Promise<boolean> {
  try {
    await makeFolder(folder)
    await access(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** A disk that is full or fails only now is answered with the other folder too. */
async function keep(folder: string, content: CacheContent): Promise<string> {
  try {
    await writeEntry(folder, content)
    return folder
  } catch {
    const other = temporaryFolder()
    await writeEntry(other, content).catch((cause: unknown) => {
      throw new LlmobsExpError(
        'E_MODULE_LOAD',
        `cannot write a compiled module, neither in ${folder} nor in ${other}`,
        { cause },
      )
    })
    return other
  }
}

function describe(file: string, folder: string, entry: CacheEntry): CompiledModule {
  const outputFile = join(folder, entry.outputName)
  const inputs = entry.sources.map(({ path }) => path)
  return { file, outputFile, url: pathToFileURL(outputFile).href, inputs, hash: entry.hash }
}
