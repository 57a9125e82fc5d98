import type { GivenFlags } from '../config/given.ts'
import { resolveOption } from '../config/resolve.ts'
import { createConsolePrinter } from '../reporters/console-printer.ts'
import type { CommandContext } from './command-context.ts'
import { loadConfigFile } from './config-file.ts'
import { findSettings } from './settings.ts'

/**
 * The folder of the store for commands that look at what `run` has stored: flag, environment, `.env` or config file; `undefined`
 * where none of them names one. The config file is loaded only when it decides.
 */
export async function resolveStore(flags: GivenFlags, context: CommandContext): Promise<string | undefined> {
  const settings = findSettings(flags, context)
  const layers = { flags, env: context.env, ...settings }
  const given = resolveOption('store', layers)
  if (given.source !== 'default' || settings.configPath === undefined) return given.value
  const printer = createConsolePrinter(context.screen.stderr)
  const { currentFolder, workers } = context
  const tools = { currentFolder, workers, onConsole: printer.push }
  const configFile = await loadConfigFile(settings.configPath, tools).finally(printer.finish)
  return resolveOption('store', { ...layers, configFile }).value
}
