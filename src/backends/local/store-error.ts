import { LlmobsExpError } from '../../model/errors.ts'

const hints: { readonly [errno: string]: string } = {
  ENOSPC: 'free some disk space, or keep the store elsewhere with --store <dir>',
  EDQUOT: 'the disk quota is used up; free some space, or keep the store elsewhere with --store <dir>',
  EFBIG: 'a limit on file sizes was reached; raise it, or keep the store elsewhere with --store <dir>',
  EMFILE: 'too many files are open at once; raise the limit (ulimit -n), or lower --jobs',
  ENFILE: 'the machine has too many files open at once',
  EACCES: 'make the folder writable, or keep the store elsewhere with --store <dir>',
  EPERM: 'make the folder writable, or keep the store elsewhere with --store <dir>',
  EROFS: 'the file system is read-only; keep the store elsewhere with --store <dir>',
  ENOTDIR: 'a file stands where a folder is needed; keep the store elsewhere with --store <dir>',
  EEXIST: 'a file stands where a folder is needed; keep the store elsewhere with --store <dir>',
  ENOENT: 'the folder was deleted meanwhile; nothing that is gone can be resumed',
}

export function writeError(path: string, cause: unknown): LlmobsExpError {
  return storeError('E_STORE_WRITE', `cannot write ${path}`, cause)
}

export function readError(path: string, cause: unknown): LlmobsExpError {
  return storeError('E_STORE_READ', `cannot read ${path}`, cause)
}

function storeError(code: 'E_STORE_WRITE' | 'E_STORE_READ', what: string, cause: unknown): LlmobsExpError {
  if (cause instanceof LlmobsExpError) return cause
  const errno = errnoOf(cause)
  const hint = hints[errno]
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new LlmobsExpError(code, `${what}: ${reason}`, { cause, ...(hint === undefined ? {} : { hint }) })
}

/** Such as `ENOENT`; empty for other errors. */
export function errnoOf(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
  return typeof code === 'string' ? code : ''
}
