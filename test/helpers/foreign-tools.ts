import { spawnSync } from 'node:child_process'
import process from 'node:process'

/** Programs that tests ask and npm does not bring, and what Debian calls the package of each. */
const packages = { xmllint: 'libxml2-utils', 'chromium-headless-shell': 'chromium-headless-shell' } as const

/**
 * Whether tests that ask a program have to be left out: where it is missing, and this is not CI, in which nothing is left out.
 * The reporter of the tests says how many were.
 */
export function isMissing(tool: keyof typeof packages): boolean {
  if (spawnSync(tool, ['--version'], { stdio: 'ignore' }).error === undefined) return false
  if (process.env.CI !== undefined) throw new Error(`${tool} is not here: apt-get install ${packages[tool]}`)
  process.stderr.write(`tests that need ${tool} are skipped: apt-get install ${packages[tool]}\n`)
  return true
}
