import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Environment } from '../config/given.ts'
import type { GitInfo } from '../model/backend.ts'

/** A commit's hash: SHA-1 or SHA-256. */
const HASH = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/
/** `git@github.com:owner/name.git` */
const SHORT_ADDRESS = /^[\w.-]+@[\w.-]+:[^\s]+$/

/**
 * What is checked out in a folder: as the environment says, else as git's own files do, which takes less time than asking git and
 * needs none. Variables and the switch are those of Datadog's tracers.
 */
export function describeCheckout(folder: string, env: Environment): GitInfo | undefined {
  if (/^(?:false|0)$/i.test(env.DD_TRACE_GIT_METADATA_ENABLED ?? '')) return undefined
  const git = findGitFolder(folder)
  const commit = env.DD_GIT_COMMIT_SHA || (git === undefined ? undefined : readCommit(git))
  const address = env.DD_GIT_REPOSITORY_URL || (git === undefined ? undefined : readAddress(git))
  const repository = address === undefined ? undefined : publicAddress(address)
  if (commit === undefined && repository === undefined) return undefined
  return { ...(commit === undefined ? {} : { commit }), ...(repository === undefined ? {} : { repository }) }
}

/**
 * A repository's address without what lets people in; undefined for one that means nothing elsewhere.
 * @example publicAddress('https://token@github.com/a/b.git') // 'https://github.com/a/b.git'
 */
export function publicAddress(address: string): string | undefined {
  const [, scheme = '', rest = ''] = /^((?:https?|ssh|git):\/\/)([^?#]*)/i.exec(address) ?? []
  if (scheme === '') return SHORT_ADDRESS.test(address) ? address : undefined
  const [, place = ''] = /^(?:[^/]*@)?(.*)$/s.exec(rest) ?? []
  // What looks like a port and is none is the rest of a password.
  return /^[^/:@]+(?::\d+)?(?:\/[^@]*)?$/.test(place) ? scheme + place : undefined
}

/** A work tree beside the main one has files of its own, and shares the others. */
interface GitFolder {
  readonly own: string
  readonly shared: string
}

function findGitFolder(from: string): GitFolder | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const git = join(folder, '.git')
    if (readText(join(git, 'HEAD')) !== undefined) return { own: git, shared: git }
    const [, elsewhere] = /^gitdir: (.+)$/m.exec(readText(git) ?? '') ?? []
    if (elsewhere !== undefined) {
      const own = resolve(folder, elsewhere)
      return { own, shared: resolve(own, readText(join(own, 'commondir'))?.trim() ?? '.') }
    }
    if (folder === dirname(folder)) return undefined
  }
}

function readCommit({ own, shared }: GitFolder): string | undefined {
  const head = readText(join(own, 'HEAD'))?.trim() ?? ''
  const [, ref] = /^ref: (refs\/.+)$/.exec(head) ?? []
  if (ref === undefined) return HASH.test(head) ? head : undefined
  const loose = readText(join(shared, ref))?.trim() ?? ''
  if (HASH.test(loose)) return loose
  const packed = readText(join(shared, 'packed-refs'))?.split('\n') ?? []
  const [hash = ''] = packed.find((line) => line.endsWith(` ${ref}`))?.split(' ') ?? []
  return HASH.test(hash) ? hash : undefined
}

/** Of `origin`, else of the remote that stands first. */
function readAddress({ shared }: GitFolder): string | undefined {
  const addresses = new Map<string, string>()
  let remote: string | undefined
  for (const line of readText(join(shared, 'config'))?.split('\n') ?? []) {
    if (/^\s*\[/.test(line)) remote = /^\s*\[remote "(.+)"\]/.exec(line)?.[1]
    const [, quoted, plain] = /^\s*url\s*=\s*(?:"([^"]*)"|([^\s;#]+))/.exec(line) ?? []
    const url = quoted ?? plain
    if (remote !== undefined && url !== undefined && !addresses.has(remote)) addresses.set(remote, url)
  }
  return addresses.get('origin') ?? [...addresses.values()][0]
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
