import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { describeCheckout, publicAddress } from '../../src/cli/checkout.ts'
import { tempFolder } from '../helpers/temp-folder.ts'

const ADDRESS = 'https://github.com/example/repo.git'

function git(folder: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'init.defaultBranch=main']
  return execFileSync('git', [...identity, ...args], { cwd: folder, encoding: 'utf8', stdio: 'pipe' }).trim()
}

/** A repository with one commit. */
async function repository(): Promise<{ folder: string; commit: string }> {
  const folder = await tempFolder()
  git(folder, 'init', '-q')
  git(folder, 'remote', 'add', 'fork', 'git@github.com:fork/repo.git')
  git(folder, 'remote', 'add', 'origin', 'https://x-token:secret@github.com/example/repo.git')
  git(folder, 'commit', '-q', '--allow-empty', '-m', 'first')
  return { folder, commit: git(folder, 'rev-parse', 'HEAD') }
}

describe('what is checked out', () => {
  it('is read from the folder of the module or above it', async () => {
    const { folder, commit } = await repository()
    mkdirSync(join(folder, 'experiments/deep'), { recursive: true })
    expect(describeCheckout(join(folder, 'experiments/deep'), {})).toEqual({ commit, repository: ADDRESS })
  })

  it('is read when refs are packed, and when no branch is checked out', async () => {
    const { folder, commit } = await repository()
    git(folder, 'pack-refs', '--all')
    expect(describeCheckout(folder, {})).toEqual({ commit, repository: ADDRESS })
    git(folder, 'checkout', '-q', '--detach')
    expect(describeCheckout(folder, {})).toEqual({ commit, repository: ADDRESS })
  })

  it('is read in a work tree beside the main one', async () => {
    const { folder } = await repository()
    const beside = join(await tempFolder(), 'beside')
    git(folder, 'worktree', 'add', '-q', '-b', 'other', beside)
    git(beside, 'commit', '-q', '--allow-empty', '-m', 'second')
    const commit = git(beside, 'rev-parse', 'HEAD')
    expect(describeCheckout(beside, {})).toEqual({ commit, repository: ADDRESS })
  })

  it('is what the environment says where it says something', async () => {
    const { folder, commit } = await repository()
    expect(describeCheckout(folder, { DD_GIT_COMMIT_SHA: 'abc' })).toEqual({ commit: 'abc', repository: ADDRESS })
    const env = { DD_GIT_COMMIT_SHA: '', DD_GIT_REPOSITORY_URL: 'https://a:b@example.com/r' }
    expect(describeCheckout(folder, env)).toEqual({ commit, repository: 'https://example.com/r' })
  })

  it('is nothing where it is switched off, where there is no repository, and where git means nothing to others', async () => {
    const { folder } = await repository()
    expect(describeCheckout(folder, { DD_TRACE_GIT_METADATA_ENABLED: 'false' })).toBeUndefined()
    const bare = await tempFolder()
    git(bare, 'init', '-q')
    git(bare, 'remote', 'add', 'origin', '/srv/repo.git')
    expect(describeCheckout(bare, {})).toBeUndefined()
    const odd = await tempFolder()
    writeFileSync(join(odd, '.git'), 'gitdir: nowhere\n')
    expect(describeCheckout(odd, {})).toBeUndefined()
  })
})

describe('the address of a repository', () => {
  it.each([
    ['https://x-token:secret@github.com/example/repo.git', ADDRESS],
    ['https://secret@github.com/example/repo.git', ADDRESS],
    ['https://user:sec@ret@github.com/example/repo.git', ADDRESS],
    ['https://github.com/example/repo.git?token=secret#secret', ADDRESS],
    ['ssh://git:secret@example.com:2222/a/b', 'ssh://example.com:2222/a/b'],
    ['git@github.com:example/repo.git', 'git@github.com:example/repo.git'],
    ['https://user:sec/ret@github.com/example/repo.git', undefined],
    ['https://user:12/secret@github.com/example/repo.git', undefined],
    ['file:///srv/secret', undefined],
    ['C:\\secret', undefined],
  ])('of %s is told as %s', (address, told) => {
    expect(publicAddress(address)).toBe(told)
  })
})
