import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Manifest } from '../../backends/local/manifest.ts'
import type { ResolvedOptions } from '../../config/resolve.ts'
import { LlmobsExpError } from '../../model/errors.ts'
import { IN_CODE } from '../../model/in-code.ts'
import type { ConsoleChunk } from '../../model/ports.ts'
import { quoteText } from '../../model/quote.ts'
import { type LoadedExperiment, loadModules } from '../../session/load-modules.ts'
import { planResumed } from '../../session/resume/plan-resumed.ts'
import { recallComplete } from '../../session/resume/recall.ts'
import { hasRest, type ResumeFlags, readStored, type StoredState } from '../../session/resume/stored-state.ts'
import type { GroupMember } from '../../session/run-group.ts'
import type { CommandContext } from '../command-context.ts'
import { compileOptions } from '../compile-options.ts'
import type { Ending } from '../ending.ts'
import { describeExperiment } from '../store-plans.ts'
import type { ClaimedEntry } from './claim-group.ts'

export interface PlanGroupTools {
  readonly options: ResolvedOptions
  readonly flags: ResumeFlags
  readonly ending: Ending
  readonly onConsole: (chunk: ConsoleChunk) => void
  /** Told of an experiment of which nothing is left to run. */
  readonly onComplete: (name: string) => void
}

/**
 * Finds out what is left of each experiment, and decides how it goes on. User code is loaded only where there is anything left.
 * @throws LlmobsExpError for whatever keeps any of them from going on
 */
export async function planGroup(
  entries: readonly ClaimedEntry[],
  tools: PlanGroupTools,
  context: CommandContext,
): Promise<GroupMember[]> {
  const { flags } = tools
  const states: StoredState[] = []
  for (const { manifest, claimed } of entries) states.push(await readStored(manifest, claimed, { ...context, flags }))
  const left = states.filter((state) => hasRest(state, flags))
  const loaded = await loadLeft(left, tools, context)
  const members: GroupMember[] = []
  for (const state of states) {
    const { manifest, claimed } = state
    const info = describeExperiment(manifest, claimed)
    const complete = left.includes(state) ? undefined : recallComplete(state, info)
    if (complete !== undefined) {
      tools.onComplete(manifest.definition.name)
      members.push(complete)
      continue
    }
    const planned = await planResumed(state, findLoaded(manifest, loaded, context), {
      ...context,
      ...tools,
      mask: context.secrets.mask,
    })
    members.push({ ...planned, info: describeExperiment(planned.manifest, claimed) })
  }
  return members
}

async function loadLeft(
  left: readonly StoredState[],
  { ending, onConsole, options }: PlanGroupTools,
  context: CommandContext,
): Promise<LoadedExperiment[]> {
  if (left.length === 0) return []
  const files = new Set(left.map(({ manifest }) => fileOf(manifest, context)))
  return loadModules([...files], {
    ...compileOptions(context.currentFolder),
    onConsole,
    onModule: ending.addModule,
    workers: context.workers,
    tracesConsole: options.values.debug,
    isInProcess: options.values.threads === 0,
  })
}

/** Where the module was; on another machine, where it is when the command is given in the same folder of the project. */
function fileOf({ file, currentFolder, definition }: Manifest, context: CommandContext): string {
  if (file === IN_CODE) {
    throw new LlmobsExpError(
      'E_FILE_NOT_FOUND',
      `${definition.name} was run by code that did not say where it is defined`,
      {
        hint: 'it is found again where runExperiment was given { file: import.meta.url } and it is the default export there',
      },
    )
  }
  const places = [resolve(currentFolder, file), resolve(context.currentFolder, file)]
  const found = places.find((place) => existsSync(place))
  if (found !== undefined) return found
  throw new LlmobsExpError('E_FILE_NOT_FOUND', `${quoteText(file)}: there is no such file any more`, {
    hint: `it was in ${currentFolder}; give the command in the folder from which the file has this path`,
  })
}

function findLoaded(
  manifest: Manifest,
  loaded: readonly LoadedExperiment[],
  context: CommandContext,
): LoadedExperiment {
  const { ref, name } = manifest.definition
  const path = fileOf(manifest, context)
  const found = loaded.find(
    ({ file, info }) => file === path && info.ref.exportName === ref.exportName && info.ref.variant === ref.variant,
  )
  if (found !== undefined) return found
  const what = `export ${quoteText(ref.exportName)}${ref.variant === undefined ? '' : `, variant ${quoteText(ref.variant)}`}`
  throw new LlmobsExpError('E_RESUME_CHANGED', `${name}: expected ${what} in ${path}, got none`, {
    hint: 'the experiment is found by its export; put that back, or run it anew',
  })
}
