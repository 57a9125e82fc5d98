import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { packageFolder } from '../package-folder.ts'

/** This tool's own package.json, as far as it is looked at. */
export interface ToolPackage {
  readonly folder: string
  /** Versions of Node that it runs on: `>=20.19`. */
  readonly node: string
  readonly dependencies: readonly string[]
}

export function readToolPackage(): ToolPackage {
  const { engines, dependencies } = readJson(join(packageFolder, 'package.json'))
  return { folder: packageFolder, node: engines.node, dependencies: Object.keys(dependencies) }
}

/** The version of a package that this tool gets; `undefined` when there is none. */
export function installedVersion(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const file = join(folder, 'node_modules', name, 'package.json')
    if (existsSync(file)) return String(readJson(file).version)
    if (folder === dirname(folder)) return undefined
  }
}

function readJson(file: string) {
  return JSON.parse(readFileSync(file, 'utf8'))
}
