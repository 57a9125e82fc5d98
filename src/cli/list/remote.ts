import type { RemoteExperiment } from '../../backends/datadog/remote-experiments.ts'
import { experimentLink } from '../../backends/datadog/sites.ts'
import { integer } from '../../config/option-kinds.ts'
import { LlmobsExpError } from '../../model/errors.ts'
import { quote } from '../../model/quote.ts'
import { askBackend } from '../ask-backend.ts'
import type { CommandContext } from '../command-context.ts'
import { resolveSetting } from '../store-setting.ts'
import { type RemoteLine, renderRemoteJson, renderRemoteLines } from './render-remote.ts'

export interface RemoteListFlags {
  readonly name?: string
  readonly tag?: readonly string[]
  readonly commit?: string
  readonly project?: string
  readonly limit?: string
  readonly json?: boolean
}

const MAX_LIMIT = 5_000
const limitOption = integer({ min: 1, max: MAX_LIMIT, default: 20, group: '', description: '' })
const WHOLE_COMMIT = 40
const MAX_PAGE = 100

/** What is asked for. */
interface Wish {
  readonly name?: string
  /** `key:value` each; all of them. */
  readonly tags: readonly string[]
  /** The beginning of a commit, which cannot be asked for. */
  readonly commitStart?: string
  readonly project?: string
  readonly limit: number
}

/** `llmobs-exp list --remote`: experiments at the backend, the newest first. */
export async function listRemote(flags: RemoteListFlags, context: CommandContext): Promise<number> {
  const wish = await readWish(flags, context)
  const { stdout, stderr } = context.screen
  const found = await askBackend('list --remote', context, async ({ remote, settings }) => {
    const project = wish.project ?? settings.project
    const lines: RemoteLine[] = []
    let hasMore = false
    const { signal } = new AbortController()
    const pageLimit = wish.commitStart === undefined ? Math.min(wish.limit + 1, MAX_PAGE) : MAX_PAGE
    for await (const experiment of remote.listExperiments({ ...askedOf(wish), project, pageLimit }, signal)) {
      if (!isOfCommit(experiment, wish.commitStart)) continue
      hasMore = lines.length === wish.limit
      if (hasMore) break
      lines.push({ ...experiment, link: experimentLink(settings.site, experiment.id) })
    }
    return { project, lines, hasMore }
  })
  if (flags.json === true) await stdout.write(renderRemoteJson(found))
  else for (const line of await renderRemoteLines(found, stdout)) await stdout.write(`${line}\n`)
  await stdout.flush()
  if (found.hasMore) await stderr.write(`there are more: --limit (now ${wish.limit})\n`)
  return 0
}

async function readWish(flags: RemoteListFlags, context: CommandContext): Promise<Wish> {
  const { name, tag = [], commit } = flags
  for (const one of tag) if (!/^[^:]+:./.test(one)) throw refuse('--tag', 'key:value', one)
  if (commit !== undefined && !/^[0-9a-f]{4,64}$/i.test(commit))
    throw refuse('--commit', 'a commit, or the beginning of one', commit)
  const project = await resolveSetting(
    'project',
    flags.project === undefined ? {} : { project: flags.project },
    context,
  )
  const isWhole = commit !== undefined && commit.length >= WHOLE_COMMIT
  return {
    tags: isWhole ? [...tag, `git.commit.sha:${commit.toLowerCase()}`] : tag,
    limit: readLimit(flags.limit),
    ...(name === undefined ? {} : { name }),
    ...(commit === undefined || isWhole ? {} : { commitStart: commit.toLowerCase() }),
    ...(project === undefined ? {} : { project }),
  }
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return limitOption.default
  return limitOption.read([text], (got) => {
    throw refuse('--limit', limitOption.expected, got)
  })
}

function refuse(flag: string, expected: string, got: unknown): LlmobsExpError {
  return new LlmobsExpError('E_OPTION', `${flag}: expected ${expected}, got ${quote(got)}`)
}

function askedOf({ name, tags }: Wish) {
  return { ...(name === undefined ? {} : { name }), ...(tags.length === 0 ? {} : { tags }) }
}

function isOfCommit({ tags }: RemoteExperiment, start: string | undefined): boolean {
  return start === undefined || tags.some((tag) => tag.toLowerCase().startsWith(`git.commit.sha:${start}`))
}
