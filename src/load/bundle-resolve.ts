import { isBuiltin } from 'node:module'
import { dirname, extname, join, resolve as resolvePath } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { OnResolveArgs, OnResolveResult, PluginBuild } from 'esbuild'
import type { BuildTrace } from './build-trace.ts'
import { metaNamespace, metaPrefix, ownNamespace, requireNamespace } from './bundle-virtual.ts'
import { exists } from './fingerprint.ts'
import { isModuleFile } from './settings-files.ts'

export const extensions = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.json']

/** What this package exports, and the files beside each other that it is. */
const ownEntries: ReadonlyMap<string, string> = new Map([
  ['llmobs-exp', 'index'],
  ['llmobs-exp/contracts', 'contracts'],
])
const underway = Symbol('resolving')

export interface ResolveOptions {
  readonly build: PluginBuild
  readonly packageEntry: string
  readonly trace: BuildTrace
}

/**
 * Decides for each import whether it is bundled (the user's own files) or stays outside (packages, as absolute URLs or paths,
 * so that the output may lie anywhere).
 */
export async function resolveImport(
  args: OnResolveArgs,
  options: ResolveOptions,
): Promise<OnResolveResult | undefined> {
  if (args.pluginData === underway || args.kind === 'entry-point') return undefined
  if (args.path.startsWith(metaPrefix)) return { path: args.path.slice(metaPrefix.length), namespace: metaNamespace }
  if (args.namespace !== 'file' || isOutside(args.path)) return { path: args.path, external: true }
  const ownEntry = ownEntries.get(args.path)
  if (ownEntry !== undefined) return ownPackage(args, ownEntry, options.packageEntry)
  const path = args.path.startsWith('file:') ? fileURLToPath(args.path) : args.path
  const { kind, importer, resolveDir } = args
  const found = await options.build.resolve(path, {
    kind,
    importer,
    resolveDir,
    namespace: 'file',
    pluginData: underway,
    with: args.with,
  })
  // esbuild explains best what it cannot find, and tolerates it inside `try`.
  if (found.errors.length > 0) return undefined
  if (found.external || found.namespace !== 'file')
    return { path: found.path, external: found.external, namespace: found.namespace }
  traceCandidates(args, found.path, options.trace)
  return isBundled(found.path)
    ? { path: found.path, namespace: 'file', suffix: found.suffix, sideEffects: true }
    : packageFile(args, found.path, options.trace)
}

function isOutside(path: string): boolean {
  return isBuiltin(path) || /^(?:data|https?|node):/.test(path)
}

/** One instance of this package: the one that runs the tool. */
function ownPackage(args: OnResolveArgs, name: string, packageEntry: string): OnResolveResult {
  const path = name === 'index' ? packageEntry : join(dirname(packageEntry), name + extname(packageEntry))
  if (args.kind === 'require-call') return { path, namespace: ownNamespace }
  return { path: pathToFileURL(path).href, external: true }
}

/** TypeScript is compiled wherever it lies, because Node refuses to do so inside node_modules. */
function isBundled(path: string): boolean {
  return !/[\\/]node_modules[\\/]/.test(path) ? !path.endsWith('.node') : /\.(?:[cm]?tsx?|json)$/.test(path)
}

function packageFile(args: OnResolveArgs, path: string, trace: BuildTrace): OnResolveResult {
  trace.packageFiles.add(path)
  const isCommonJs = path.endsWith('.node') || !isModuleFile(trace, path)
  if (args.kind === 'require-call') return { path, namespace: requireNamespace }
  // A CommonJS project expects `import x from 'x'` to mean what it means to TypeScript, not to Node.
  if (isCommonJs && (path.endsWith('.node') || !isModuleFile(trace, args.importer)))
    return { path, namespace: requireNamespace }
  return { path: pathToFileURL(path).href, external: true }
}

/** Remembers the paths that would have been taken before the one that was found. */
function traceCandidates(args: OnResolveArgs, found: string, trace: BuildTrace): void {
  if (/^\.{0,2}\//.test(args.path)) {
    const base = resolvePath(args.resolveDir, args.path)
    const candidates = [base, ...extensions.map((extension) => base + extension)]
    const position = candidates.indexOf(found)
    for (const path of position < 0 ? candidates : candidates.slice(0, position))
      if (!exists(path)) trace.absent.add(path)
    return
  }
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(args.path)?.[0] ?? args.path
  for (let folder = args.resolveDir; dirname(folder) !== folder; folder = dirname(folder)) {
    const path = join(folder, 'node_modules', name)
    if (exists(path)) return
    trace.absent.add(path)
  }
}
