import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { CompileOptions } from '../load/compile.ts'

/** How users' modules are compiled: with the tool that runs, whichever copy of it their project has. */
export function compileOptions(currentFolder: string): CompileOptions {
  return {
    cacheFolder: compileCacheFolder(currentFolder),
    packageEntry: join(import.meta.dirname, '../index.js'),
  }
}

/** Beside other tools' caches where there are some, so that it is ignored, kept by CI and thrown away as they are. */
function compileCacheFolder(currentFolder: string): string {
  for (let folder = currentFolder; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules'))) return join(folder, 'node_modules', '.cache', 'llmobs-exp')
  }
  return join(tmpdir(), 'llmobs-exp')
}
