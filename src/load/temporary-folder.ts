import { lstatSync, mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

/**
 * A folder for compiled modules where the store cannot be written. Other users may write to the folder for temporary files, and
 * what lies here is run: a folder that is not ours alone is never used.
 */
export function temporaryFolder(): string {
  const folder = join(tmpdir(), `llmobs-exp-${userInfo().uid}`)
  try {
    mkdirSync(folder, { mode: 0o700 })
    return folder
  } catch {
    return isOursAlone(folder) ? folder : mkdtempSync(join(tmpdir(), 'llmobs-exp-'))
  }
}

function isOursAlone(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false })
  if (found === undefined || !found.isDirectory()) return false
  const { uid } = userInfo()
  // Windows has neither user numbers nor modes; its folder for temporary files is the user's own.
  return uid === -1 || (found.uid === uid && (found.mode & 0o077) === 0)
}
