import type { RemoteExperiment } from '../../backends/datadog/remote-experiments.ts'
import { findByBackendId } from '../../backends/local/find-by-backend-id.ts'
import type { LocalStore } from '../../backends/local/store.ts'
import { LlmobsExpError } from '../../model/errors.ts'
import { backendIdOf } from '../../model/pull.ts'
import { quoteText } from '../../model/quote.ts'
import { type AskedBackend, askBackend } from '../ask-backend.ts'
import type { CommandContext } from '../command-context.ts'
import { fetchExperiment } from '../pull/fetch-experiment.ts'

export interface DatadogWish {
  /** An experiment's id or link, or a git commit or the beginning of one. */
  readonly wanted: string
  /** Names of the experiments that are asked for; of a commit all of them where there are none. */
  readonly names: readonly string[]
  readonly store: LocalStore
  readonly signal: AbortSignal
}

const COMMIT = /^[0-9a-f]{7,64}$/i
const WHOLE_COMMIT = 40
const MAX_PAGE = 100
const HINT = 'llmobs-exp list --remote shows what there is'

/**
 * Experiments at Datadog, as experiments of the store: those that are not there yet are pulled.
 * @returns their ids in the store
 * @throws LlmobsExpError `E_BASELINE`, or as `pull`
 */
export async function pullWanted(wish: DatadogWish, context: CommandContext): Promise<string[]> {
  const { wanted, store } = wish
  const id = backendIdOf(wanted)
  if (id === undefined) {
    const message = `datadog:${wanted}: expected the id of an experiment, the link to it, or a git commit`
    throw new LlmobsExpError('E_BASELINE', message, { hint: HINT })
  }
  const there = await findByBackendId(store, id)
  if (there !== undefined) return [there]
  return askBackend('a baseline', context, async (backend) => {
    const ids = COMMIT.test(wanted) ? await findOfCommit(wish, backend) : [id]
    const found: string[] = []
    for (const one of ids)
      found.push((await findByBackendId(store, one)) ?? (await pullOne(one, wish, backend, context)))
    return found
  })
}

async function pullOne(
  id: string,
  { store, signal }: DatadogWish,
  { remote }: AskedBackend,
  context: CommandContext,
): Promise<string> {
  const { stored } = await fetchExperiment({ remote, id, store, signal }, context)
  return stored.experimentId
}

/** Of each name the newest that came to its end. */
async function findOfCommit(
  { wanted, names, signal }: DatadogWish,
  { remote, settings }: AskedBackend,
): Promise<string[]> {
  const start = wanted.toLowerCase()
  const tags = start.length >= WHOLE_COMMIT ? { tags: [`git.commit.sha:${start}`] } : {}
  const { project } = settings
  const found = new Map<string, string>()
  for await (const one of remote.listExperiments({ ...tags, project, pageLimit: MAX_PAGE }, signal)) {
    const isWanted = names.length === 0 || names.includes(one.name)
    if (isWanted && !found.has(one.name) && isOfCommit(one, start) && one.status === 'completed') {
      found.set(one.name, one.id)
    }
    if (names.length > 0 && found.size === names.length) break
  }
  if (found.size > 0) return [...found.values()]
  const what = names.length === 0 ? '' : ` named ${names.map(quoteText).join(' or ')}`
  const message = `datadog:${wanted}: project ${project} has no complete experiment${what} of this commit`
  throw new LlmobsExpError('E_BASELINE', message, { hint: HINT })
}

function isOfCommit({ tags }: RemoteExperiment, start: string): boolean {
  return tags.some((tag) => tag.toLowerCase().startsWith(`git.commit.sha:${start}`))
}
