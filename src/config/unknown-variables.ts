import { suggest } from '../model/suggest.ts'
import type { Environment } from './given.ts'
import { environmentName, optionNames } from './options.ts'

const PREFIX = 'LLMOBS_EXP_'

/** A variable that has this tool's prefix and stands for no option. */
export interface UnknownVariable {
  readonly name: string
  /** The one that was most likely meant. */
  readonly near?: string
}

export function findUnknownVariables(env: Environment): UnknownVariable[] {
  const known = optionNames.map(environmentName)
  const names = Object.keys(env).filter((name) => name.startsWith(PREFIX) && !known.includes(name))
  return names.sort().map((name) => {
    // Without the prefix, which would make any two names look alike.
    const near = suggest(
      name.slice(PREFIX.length),
      known.map((other) => other.slice(PREFIX.length)),
    )
    return near === undefined ? { name } : { name, near: `${PREFIX}${near}` }
  })
}
