import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isObject } from './plain-object.ts'

/** The files that a source says it reads: absolute paths. What is no path and no URL of a file is left out. */
export function datasetFiles(source: unknown, baseFolder: string): readonly string[] {
  const files: unknown = isObject(source) ? Reflect.get(source, 'files') : undefined
  return Array.isArray(files) ? files.flatMap((file) => absolutePath(file, baseFolder)) : []
}

function absolutePath(file: unknown, baseFolder: string): readonly string[] {
  if (typeof file === 'string') return [resolve(baseFolder, file)]
  if (!(file instanceof URL)) return []
  try {
    return [fileURLToPath(file)]
  } catch {
    return []
  }
}
