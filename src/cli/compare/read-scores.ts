import { type FoundExperiment, findExperiment } from '../../backends/local/find-experiment.ts'
import type { LocalStore } from '../../backends/local/store.ts'
import { LlmobsExpError } from '../../model/errors.ts'
import { quoteText } from '../../model/quote.ts'
import { parseBaseline, readBaselineFile } from '../../session/baseline/baseline-file.ts'
import type { ExperimentScores } from '../../session/compare/scores.ts'
import type { CommandContext } from '../command-context.ts'
import { warnOfPassedOver } from '../warn-passed-over.ts'
import { findNewest } from './find-stored.ts'
import { findCommit, showFile } from './git-file.ts'
import { parseReference, type Reference } from './reference.ts'
import { readStoredScores } from './stored-scores.ts'

/** The baseline file that `git:<ref>` means, by its path from the current folder. */
export const BASELINE_FILE = 'baseline.json'

export interface ScoresWish {
  /** As it was written. */
  readonly source: string
  /** Names of the experiments that it is for, where they are known. */
  readonly names: readonly string[]
  readonly store: LocalStore
  /** What it means in the store, where that is known. */
  readonly found?: FoundExperiment | undefined
  readonly signal: AbortSignal
}

/**
 * What an experiment that is to be compared came to: of the store, a baseline file, a commit or a backend. A file, and a commit, may
 * have several.
 *
 * @throws LlmobsExpError `E_BASELINE`, `E_STORE_UNKNOWN`, or as reading the store or asking the backend does
 */
export async function readScores(wish: ScoresWish, context: CommandContext): Promise<ExperimentScores[]> {
  const { source, store } = wish
  const reference = parseReference(source, context.currentFolder)
  switch (reference.kind) {
    case 'file':
      return readBaselineFile(reference.path, source)
    case 'git':
      return readCommitted(reference, wish, context)
    case 'datadog': {
      const { pullWanted } = await import('./datadog-scores.ts')
      const ids = await pullWanted({ ...wish, wanted: reference.wanted }, context)
      const manifests = await Promise.all(ids.map((id) => store.manifest(id)))
      return Promise.all(manifests.map((manifest) => readStoredScores({ store, manifest, source })))
    }
    case 'stored': {
      const found = wish.found ?? (await lookUp(reference.wanted, store, context))
      return [await readStoredScores({ ...found, source })]
    }
  }
}

/**
 * The experiment of the store that is meant; undefined where something else is.
 * @throws LlmobsExpError `E_STORE_UNKNOWN`
 */
export async function findNamed(
  source: string,
  store: LocalStore,
  context: CommandContext,
): Promise<FoundExperiment | undefined> {
  const reference = parseReference(source, context.currentFolder)
  return reference.kind === 'stored' ? lookUp(reference.wanted, store, context) : undefined
}

async function lookUp(wanted: string, store: LocalStore, context: CommandContext): Promise<FoundExperiment> {
  const found = await findExperiment(store, wanted)
  await warnOfPassedOver(found, context)
  return found
}

/** The baseline file as it was committed; where there is none, what was run of that very commit and is stored. */
async function readCommitted(
  { ref, path }: Extract<Reference, { readonly kind: 'git' }>,
  { source, names, store }: ScoresWish,
  { currentFolder }: CommandContext,
): Promise<ExperimentScores[]> {
  const commit = await findCommit(ref, currentFolder)
  const text = await showFile(commit, path ?? BASELINE_FILE, currentFolder)
  if (text !== undefined) return parseBaseline(text, source)
  const found: ExperimentScores[] = []
  if (path === undefined) {
    for (const name of names) {
      const manifest = await findNewest(
        store,
        ({ git, definition }) => git?.commit === commit && definition.name === name,
      )
      if (manifest !== undefined) found.push(await readStoredScores({ store, manifest, source }))
    }
  }
  if (found.length > 0) return found
  const wanted = quoteText(path ?? BASELINE_FILE)
  const stored = path === undefined && names.length > 0 ? `, and no complete experiment of it is stored` : ''
  throw new LlmobsExpError('E_BASELINE', `${source}: there is no file ${wanted} at ${commit.slice(0, 12)}${stored}`, {
    hint: `write one with llmobs-exp baseline save <experiment> -o ${BASELINE_FILE} and commit it, or name it: git:${ref}:path/to/file.json`,
  })
}
