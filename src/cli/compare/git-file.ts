import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { LlmobsExpError } from '../../model/errors.ts'
import { quoteText } from '../../model/quote.ts'

const TIMEOUT = 20_000
const MAX_BYTES = 512 * 1024 * 1024

/**
 * The commit that a name of git stands for.
 * @throws LlmobsExpError `E_BASELINE`
 */
export async function findCommit(ref: string, currentFolder: string): Promise<string> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]
  const found = await git(args, currentFolder)
  if (found.status === 'ok') return found.text.trim()
  const reason = found.text === '' ? `git knows no commit by the name ${quoteText(ref)}` : found.text
  throw new LlmobsExpError('E_BASELINE', `git:${ref}: ${reason}`, {
    hint: 'git branch --all lists the branches; CI often fetches one commit alone, and has to be told to fetch this one too',
  })
}

/** A file as it is at a commit, by its path from the current folder; undefined where it is not there. */
export async function showFile(commit: string, path: string, currentFolder: string): Promise<string | undefined> {
  const found = await git(['show', `${commit}:./${path}`], currentFolder)
  return found.status === 'ok' ? found.text : undefined
}

interface GitAnswer {
  readonly status: 'ok' | 'failed'
  /** What it printed; of one that failed, the first line of what it complained of. */
  readonly text: string
}

/** Without a shell, a pager or a question. */
async function git(args: readonly string[], cwd: string): Promise<GitAnswer> {
  try {
    const options = { cwd, timeout: TIMEOUT, maxBuffer: MAX_BYTES, windowsHide: true }
    const { stdout } = await promisify(execFile)('git', ['--no-pager', ...args], options)
    return { status: 'ok', text: stdout }
  } catch (error) {
    return { status: 'failed', text: complaintOf(error) }
  }
}

function complaintOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if (Reflect.get(error, 'code') === 'ENOENT') return 'git is not installed, or not on the PATH'
  if (Reflect.get(error, 'killed') === true) return `git gave no answer within ${TIMEOUT / 1000} s`
  const stderr: unknown = Reflect.get(error, 'stderr')
  return typeof stderr === 'string' ? (stderr.trim().split('\n')[0] ?? '') : ''
}
