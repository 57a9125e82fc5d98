import type { ConfigFile, GivenFlags, OptionLayers } from '../../config/given.ts'
import { toErrorInfo } from '../../model/error-info.ts'
import type { CommandContext } from '../command-context.ts'
import type { ConfigTools } from '../config-file.ts'
import type { AppliedEnvFile } from '../env-file.ts'

/** One thing that a check found out. */
export interface Fact {
  readonly name: string
  /** Null where there is none. */
  readonly value: string | number | boolean | null
  /** For people, where the value alone would not do. */
  readonly text?: string
  /** Where an option's value comes from: `--jobs`, `LLMOBS_EXP_JOBS`, `jobs in llmobs-exp.config.ts`, `default`. */
  readonly from?: string
}

/** Something that is not as it should be. An error keeps the tool from working. */
export interface Trouble {
  readonly severity: 'error' | 'warning'
  readonly code?: string
  readonly message: string
  /** What to do about it. */
  readonly hint?: string
}

/** What one check has to say. */
export interface Finding {
  readonly name: string
  readonly facts: readonly Fact[]
  readonly troubles: readonly Trouble[]
}

/** What could be had, or why it could not. */
export type Attempt<T> =
  | { readonly status: 'ok'; readonly value: T }
  | { readonly status: 'failed'; readonly error: unknown }

/** What checks look at. */
export interface Subject extends CommandContext {
  readonly flags: GivenFlags
  /** The module that was named. */
  readonly module?: string
  readonly tools: ConfigTools
  readonly projectFolder: string
  readonly envFile: Attempt<AppliedEnvFile | undefined>
  readonly configPath: Attempt<string | undefined>
  readonly configFile: Attempt<ConfigFile | undefined>
  /** What is loaded only where it is used. */
  readonly loadBackend: () => Promise<typeof import('../backend.ts')>
}

/** Looks at one thing and never throws for what is wrong with it. */
export type Check = (subject: Subject) => Promise<readonly Finding[]> | readonly Finding[]

export async function attempt<T>(act: () => T | Promise<T>): Promise<Attempt<T>> {
  try {
    return { status: 'ok', value: await act() }
  } catch (error) {
    return { status: 'failed', error }
  }
}

/** What was thrown, as something to fix. */
export function troubleOf(error: unknown): Trouble {
  const { code, message, hint, location } = toErrorInfo('E_INTERNAL', error)
  const place = [location?.line, location?.column].filter((part) => part !== undefined).join(':')
  const where = location === undefined ? '' : ` (${location.file}${place === '' ? '' : `:${place}`})`
  return { severity: 'error', code, message: `${message}${where}`, ...(hint === undefined ? {} : { hint }) }
}

/** Everything that options come from, as far as it could be read. */
export function layersOf({ flags, env, envFile, configFile }: Subject): OptionLayers {
  const variables = envFile.status === 'ok' ? envFile.value?.file : undefined
  const config = configFile.status === 'ok' ? configFile.value : undefined
  return {
    flags,
    env,
    ...(variables === undefined ? {} : { envFile: variables }),
    ...(config === undefined ? {} : { configFile: config }),
  }
}
