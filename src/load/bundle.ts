import { dirname, extname, join, resolve } from 'node:path'
import {
  type BuildOptions,
  build,
  type Loader,
  type Message,
  type OnLoadArgs,
  type OnLoadResult,
  type Plugin,
} from 'esbuild'
import { explainBuildFailure, isBuildFailure } from './build-failure.ts'
import type { BuildTrace } from './build-trace.ts'
import { finishOutput } from './bundle-output.ts'
import { extensions, resolveImport } from './bundle-resolve.ts'
import {
  addLocation,
  type LooseCall,
  locationDefines,
  metaModule,
  metaNamespace,
  ownModule,
  ownNamespace,
  requireModule,
  requireNamespace,
} from './bundle-virtual.ts'
import { readFingerprint } from './fingerprint.ts'
import { traceSettings } from './settings-files.ts'

const OUTPUT_NAME = 'llmobs-exp-output.mjs'

/** esbuild's names for calls whose argument is known only at run time. */
const looseCallWords: { readonly [messageId: string]: LooseCall['word'] } = {
  'unsupported-require-call': 'require',
  'indirect-require': 'require',
  'unsupported-dynamic-import': 'import',
}

// Compiling 24 MB of JSON takes 6 s, and to have Node read it 0.2 s.
const MAX_JSON_BYTES = 64 * 1024

const loaders: { readonly [extension: string]: Loader } = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.js': 'js',
  '.mjs': 'js',
  '.cjs': 'js',
  '.jsx': 'jsx',
  '.json': 'json',
}

/** What a compilation is of. Both paths are absolute and real. */
export interface BundleOptions {
  readonly file: string
  readonly packageEntry: string
  /** Filled in while compiling. */
  readonly trace: BuildTrace
}

type LooseCalls = ReadonlyMap<string, readonly LooseCall[]>

/**
 * Compiles a user's module and all of its own files into one ES module for Node 20, with its source map inside.
 *
 * @throws LlmobsExpError `E_MODULE_LOAD` with the place and a code frame
 */
export async function bundle(options: BundleOptions): Promise<string> {
  try {
    const first = await compile(options, new Map())
    const looseCalls = findLooseCalls(first.warnings, options.file)
    const result = looseCalls.size === 0 ? first : await compile(options, looseCalls)
    return finishOutput(result.outputFiles, options.file)
  } catch (failure) {
    if (!isBuildFailure(failure)) throw failure
    // Once more with the files exactly as they are, so that no message speaks of what was added to them.
    const plain = await compile(options, 'untouched').catch((error: unknown) => error)
    throw explainBuildFailure(isBuildFailure(plain) ? plain : failure, options.file)
  }
}

function compile(options: BundleOptions, looseCalls: LooseCalls | 'untouched') {
  const { file } = options
  return build({
    entryPoints: [file],
    absWorkingDir: dirname(file),
    outfile: join(dirname(file), OUTPUT_NAME),
    plugins: [createPlugin(options, looseCalls)],
    define: looseCalls === 'untouched' ? {} : locationDefines,
    ...fixedOptions,
  })
}

const fixedOptions = {
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // Packages are resolved as Node does it: no `module` condition.
  conditions: [],
  resolveExtensions: extensions,
  // Nothing with a side effect is left out: `sideEffects: false` is a promise to bundlers, not to Node.
  ignoreAnnotations: true,
  sourcemap: 'external',
  sourcesContent: false,
  legalComments: 'none',
  charset: 'utf8',
  logLevel: 'silent',
  logOverride: Object.fromEntries(Object.keys(looseCallWords).map((id) => [id, 'warning'] as const)),
} as const satisfies BuildOptions

function createPlugin(options: BundleOptions, looseCalls: LooseCalls | 'untouched'): Plugin {
  const { packageEntry, trace } = options
  return {
    name: 'llmobs-exp',
    setup(pluginBuild) {
      const all = /.*/
      pluginBuild.onResolve({ filter: all }, (args) => resolveImport(args, { build: pluginBuild, packageEntry, trace }))
      pluginBuild.onLoad({ filter: all, namespace: metaNamespace }, ({ path }) => ({ contents: metaModule(path) }))
      pluginBuild.onLoad({ filter: all, namespace: requireNamespace }, ({ path }) => ({
        contents: requireModule(path),
      }))
      pluginBuild.onLoad({ filter: all, namespace: ownNamespace }, ({ path }) => ({ contents: ownModule(path) }))
      pluginBuild.onLoad({ filter: all, namespace: 'file' }, (args) => loadSource(args, trace, looseCalls))
    },
  }
}

/** Reads a user's file: what is compiled is what was fingerprinted. */
function loadSource(
  args: OnLoadArgs,
  trace: BuildTrace,
  looseCalls: LooseCalls | 'untouched',
): OnLoadResult | undefined {
  const { path } = args
  const { fingerprint, bytes } = readFingerprint(path)
  trace.sources.set(path, fingerprint)
  const loader = loaders[extname(path)]
  if (loader === undefined || (args.with.type ?? 'json') !== 'json') return undefined
  if (loader === 'json')
    return bytes.length > MAX_JSON_BYTES ? { contents: requireModule(path) } : { contents: bytes, loader }
  traceSettings(trace, path)
  if (looseCalls === 'untouched') return { contents: bytes, loader }
  return { contents: addLocation(bytes.toString('utf8'), path, looseCalls.get(path) ?? []), loader }
}

function findLooseCalls(warnings: readonly Message[], file: string): LooseCalls {
  const found = new Map<string, LooseCall[]>()
  for (const { id, location } of warnings) {
    const word = looseCallWords[id]
    if (word === undefined || location === null || !isFileNamespace(location.namespace)) continue
    const path = resolve(dirname(file), location.file)
    const calls = found.get(path) ?? []
    found.set(path, [...calls, { word, line: location.line, column: location.column }])
  }
  return found
}

function isFileNamespace(namespace: string): boolean {
  return namespace === '' || namespace === 'file'
}
