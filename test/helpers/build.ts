import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const dist = join(root, 'dist')

/** Builds `dist` when the sources are newer, for the tests that run the binary. */
export default function setup(): void {
  if (isFresh()) return
  const parent = join(root, 'node_modules', '.cache')
  mkdirSync(parent, { recursive: true })
  const folder = mkdtempSync(join(parent, 'build-'))
  try {
    compile(join(folder, 'new'))
    swap(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function compile(outDir: string): void {
  execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs'), outDir], { cwd: root, stdio: 'inherit' })
}

/** Replaces `dist` as a whole, so that a binary that starts meanwhile meets the old build or the new one. */
function swap(folder: string): void {
  rmSync(join(folder, 'old'), { recursive: true, force: true })
  try {
    renameSync(dist, join(folder, 'old'))
  } catch {
    // There was no build yet.
  }
  try {
    renameSync(join(folder, 'new'), dist)
  } catch (error) {
    // Another test run has put its own there meanwhile.
    if (!isFresh()) throw error
  }
}

function isFresh(): boolean {
  try {
    const builtAt = statSync(join(dist, 'THIRD-PARTY-LICENSES')).mtimeMs
    const sources = [newest(join(root, 'src')), newest(join(root, 'scripts'))]
    return builtAt > Math.max(...sources, statSync(join(root, 'tsconfig.build.json')).mtimeMs)
  } catch {
    return false
  }
}

/** A folder's own time tells of files that were deleted. */
function newest(folder: string): number {
  const times = readdirSync(folder, { withFileTypes: true }).map((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? newest(path) : statSync(path).mtimeMs
  })
  return Math.max(statSync(folder).mtimeMs, ...times)
}
