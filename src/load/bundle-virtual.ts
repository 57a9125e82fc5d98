import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Modules that exist only while compiling. */
export const metaPrefix = 'llmobs-exp-meta:'
export const metaNamespace = 'llmobs-exp-meta'
export const requireNamespace = 'llmobs-exp-require'
export const ownNamespace = 'llmobs-exp-own'

/** Names that a user's file gets. The last two are as long as the words they replace, so that no column moves. */
const names = {
  meta: '__llmobsExpMeta',
  filename: '__llmobsExpFilename',
  dirname: '__llmobsExpDirname',
  require: '$rqr$__',
  import: '$imp__',
} as const

/** What `esbuild` puts in place of expressions that tell where a file lies. */
export const locationDefines = {
  'import.meta': names.meta,
  __filename: names.filename,
  __dirname: names.dirname,
  'require.resolve': `${names.require}.resolve`,
} as const

/** A call that esbuild leaves alone, because what it imports is known only at run time. */
export interface LooseCall {
  readonly word: 'require' | 'import'
  readonly line: number
  /** In bytes, from 0. */
  readonly column: number
}

const usesLocation = /\b(?:import\s*\.\s*meta|require\s*\.\s*resolve|__filename|__dirname)\b/

/**
 * Makes a file find itself where it was written: an import at its end (imports are hoisted, so no line or column moves and a
 * hashbang or "use strict" stays first) brings its own URL, path, `require` and `import`.
 */
export function addLocation(source: string, path: string, looseCalls: readonly LooseCall[]): string {
  if (looseCalls.length === 0 && !usesLocation.test(source)) return source
  const list = Object.entries(names).map(([name, local]) => `${name === 'import' ? 'importModule' : name} as ${local}`)
  return `${replaceLooseCalls(source, looseCalls)}\nimport { ${list.join(', ')} } from ${JSON.stringify(metaPrefix + path)}`
}

function replaceLooseCalls(source: string, looseCalls: readonly LooseCall[]): string {
  if (looseCalls.length === 0) return source
  const lines = source.split('\n')
  for (const { word, line, column } of looseCalls) {
    const bytes = Buffer.from(lines[line - 1] ?? '')
    if (bytes.subarray(column, column + word.length).toString() !== word) continue
    lines[line - 1] = Buffer.concat([
      bytes.subarray(0, column),
      Buffer.from(names[word]),
      bytes.subarray(column + word.length),
    ]).toString()
  }
  return lines.join('\n')
}

/** Tells a file where it was written. */
export function metaModule(path: string): string {
  const url = pathToFileURL(path).href
  return `import { createRequire, isBuiltin } from 'node:module'
import { pathToFileURL } from 'node:url'
export const filename = ${JSON.stringify(path)}, dirname = ${JSON.stringify(dirname(path))}
export const require = createRequire(${JSON.stringify(url)})
function resolve(specifier) {
  const text = String(specifier)
  if (/^\\.{0,2}\\//.test(text)) return new URL(text, meta.url).href
  if (isBuiltin(text)) return text.startsWith('node:') ? text : 'node:' + text
  return URL.canParse(text) ? text : pathToFileURL(require.resolve(text)).href
}
export const meta = { __proto__: null, dirname, filename, url: ${JSON.stringify(url)}, resolve }
export const importModule = async (specifier, options) => import(resolve(specifier), options)
`
}

/** Loads a CommonJS file of a package natively and leaves the meaning of its default export to esbuild. */
export function requireModule(path: string): string {
  return `import { createRequire } from 'node:module'
module.exports = createRequire(${JSON.stringify(pathToFileURL(path).href)})(${JSON.stringify(path)})
`
}

/** This package, for those who `require` it. */
export function ownModule(packageEntry: string): string {
  return `export * from ${JSON.stringify(pathToFileURL(packageEntry).href)}\n`
}
