import { existsSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import type { ConfigFile } from '../config/given.ts'
import { LlmobsExpError } from '../model/errors.ts'
import type { ConsoleChunk } from '../model/ports.ts'
import type { CommandContext } from './command-context.ts'
import { compileOptions } from './compile-options.ts'
import type { Ending } from './ending.ts'

const names = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs', 'json'].map((end) => `llmobs-exp.config.${end}`)

/** What user code of a config file is given to. */
export interface ConfigTools extends Pick<CommandContext, 'currentFolder' | 'workers'> {
  /** Absent where a signal may end the process at once. */
  readonly ending?: Pick<Ending, 'addModule' | 'explain'>
  readonly onConsole: (chunk: ConsoleChunk) => void
}

/**
 * The config file of a project: it is not loaded yet.
 * @throws LlmobsExpError `E_CONFIG_FILE` when there are two
 */
export function findConfigFile(projectFolder: string): string | undefined {
  const [path, other] = names.map((name) => join(projectFolder, name)).filter(existsSync)
  if (path !== undefined && other !== undefined) {
    const message = `expected one config file, got ${basename(path)} and ${basename(other)}`
    throw new LlmobsExpError('E_CONFIG_FILE', message, { location: { file: other }, hint: 'remove one of them' })
  }
  return path
}

/** @throws LlmobsExpError when it does not load, or sets what cannot be set */
export async function loadConfigFile(
  path: string,
  { currentFolder, workers, onConsole, ending }: ConfigTools,
): Promise<ConfigFile> {
  try {
    const { loadConfig } = await import('../session/load-config.ts')
    const texts = await loadConfig(path, {
      ...compileOptions(currentFolder),
      workers,
      onConsole,
      onModule: (module) => ending?.addModule(module),
    })
    return { name: relative(currentFolder, path), folder: dirname(path), texts }
  } catch (error) {
    throw ending === undefined ? error : ending.explain(error)
  }
}
