import { createRequire } from 'node:module'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { type BuildTrace, readSettings } from './build-trace.ts'

/** Whether Node takes a JavaScript or TypeScript file for an ES module, by its extension or the nearest package.json. */
export function isModuleFile(trace: BuildTrace, file: string): boolean {
  if (/\.m[jt]s$/.test(file)) return true
  if (/\.c[jt]s$/.test(file)) return false
  const text = nearest(trace, dirname(file), 'package.json')?.text
  return text !== undefined && packageType(text) === 'module'
}

function packageType(text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'type') : undefined
  } catch {
    return undefined
  }
}

/** Remembers the package.json and the chain of tsconfig.json files that apply to a file of the user's. */
export function traceSettings(trace: BuildTrace, file: string): void {
  const folder = dirname(file)
  nearest(trace, folder, 'package.json')
  const tsconfig = nearest(trace, folder, 'tsconfig.json') ?? nearest(trace, folder, 'jsconfig.json')
  if (tsconfig !== undefined) traceExtends(trace, tsconfig.path, tsconfig.text)
}

function nearest(trace: BuildTrace, folder: string, name: string): { path: string; text: string } | undefined {
  for (let current = folder; ; current = dirname(current)) {
    const path = join(current, name)
    const text = readSettings(trace, path)
    if (text !== undefined) return { path, text }
    if (dirname(current) === current) return undefined
  }
}

function traceExtends(trace: BuildTrace, tsconfig: string, text: string): void {
  for (const name of extendedNames(text)) {
    for (const path of extendedPaths(tsconfig, name)) {
      if (trace.settings.has(path)) break
      const extended = readSettings(trace, path)
      if (extended === undefined) continue
      traceExtends(trace, path, extended)
      break
    }
  }
}

/** Reads `extends` without parsing JSON with comments: one name too many costs a look at a file. */
function extendedNames(text: string): readonly string[] {
  const value = /"extends"\s*:\s*(\[[^\]]*\]|"[^"]*")/.exec(text)?.[1] ?? ''
  return [...value.matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? '')
}

function extendedPaths(tsconfig: string, name: string): readonly string[] {
  if (name.startsWith('.') || isAbsolute(name)) {
    const path = resolve(dirname(tsconfig), name)
    return path.endsWith('.json') ? [path] : [`${path}.json`, path]
  }
  const { resolve: resolvePackage } = createRequire(tsconfig)
  return [name, `${name}.json`, `${name}/tsconfig.json`].flatMap((candidate) => {
    try {
      return [resolvePackage(candidate)]
    } catch {
      return []
    }
  })
}
