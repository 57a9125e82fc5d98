import { cp, mkdir, mkdtemp, readdir, realpath, rename, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { build } from 'esbuild'
import { afterAll, onTestFinished } from 'vitest'
import { type CompiledModule, compileModule } from '../../../src/load/compile.ts'
import type { ErrorInfo } from '../../../src/model/errors.ts'

const fixtures = resolve(import.meta.dirname, '../../fixtures/load')

export const packageEntry = join(fixtures, 'package-entry.mjs')

/** A copy of a fixture outside the repository, with its packages installed; removed when the test ends. */
export async function project(name: string): Promise<string> {
  const folder = await temporaryFolder()
  const root = join(folder, name)
  await cp(join(fixtures, name), root, { recursive: true })
  const folders = await readdir(root)
  if (folders.includes('_node_modules')) await rename(join(root, '_node_modules'), join(root, 'node_modules'))
  if (folders.includes('workspace')) {
    // A workspace: the package lies beside the project and is linked into it.
    await mkdir(join(root, 'node_modules'), { recursive: true })
    await symlink(join(root, 'workspace'), join(root, 'node_modules', 'workspace-package'), 'junction')
  }
  return root
}

export async function temporaryFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'llmobs-exp-test-')))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

export function compile(root: string, entry = 'entry.ts'): Promise<CompiledModule> {
  return compileModule(join(root, entry), { cacheFolder: join(root, '.cache'), packageEntry })
}

export type Loaded =
  | { readonly status: 'ok'; readonly value: unknown }
  | { readonly status: 'error'; readonly error: ErrorInfo }

/** Imports a compiled module in a worker thread of its own and tells its default export, or the explained error. */
export async function load(
  { url, file }: CompiledModule,
  wanted: 'default' | 'experiments' = 'default',
): Promise<Loaded> {
  const worker = new Worker(await workerUrl(), { workerData: { url, file, wanted } })
  try {
    return await new Promise((resolveLoaded, reject) => {
      worker.once('message', resolveLoaded)
      worker.once('error', reject)
      worker.once('exit', (code) => reject(new Error(`the worker ended with ${code}`)))
    })
  } finally {
    await worker.terminate()
  }
}

/** Compiles and loads a module of a fixture and returns its default export. */
export async function run(fixture: string, entry = 'entry.ts'): Promise<unknown> {
  const loaded = await load(await compile(await project(fixture), entry))
  if (loaded.status === 'error') throw new Error(`${loaded.error.message}\n${loaded.error.cause?.stack}`)
  return loaded.value
}

let built: Promise<URL> | undefined

afterAll(async () => {
  if (built !== undefined) await rm(new URL('../../', await built), { recursive: true, force: true })
})

function workerUrl(): Promise<URL> {
  built ??= buildWorker()
  return built
}

async function buildWorker(): Promise<URL> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'llmobs-exp-test-worker-')))
  // Where it lies in the package: frames of `dist` are the tool's own.
  const outfile = join(folder, 'dist', 'load', 'worker.mjs')
  const entryPoints = [join(import.meta.dirname, 'worker.ts')]
  await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'esm', sourcemap: 'inline' })
  return pathToFileURL(outfile)
}
