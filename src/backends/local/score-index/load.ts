import { existsSync, statSync } from 'node:fs'
import type { ExperimentFiles } from '../layout.ts'
import { buildScoreIndex } from './build.ts'
import { readScoreIndex, writeScoreIndex } from './file.ts'
import { isCurrent, markLog } from './log-mark.ts'
import type { ScoreIndex } from './score-index.ts'

export type IndexedFiles = Pick<ExperimentFiles, 'events' | 'scores'>

/** Less than this is indexed in about the time that it takes to start a thread. */
const LARGE_LOG = 8 * 1024 * 1024

/** Whether there is no index, and making one will take a while. */
export function takesLongToIndex({ events, scores }: IndexedFiles): boolean {
  return !existsSync(scores) && (statSync(events, { throwIfNoEntry: false })?.size ?? 0) >= LARGE_LOG
}

/**
 * The index of a stored experiment: the one that is kept beside its log, or, where there is none, it is damaged, or the log has
 * changed since, one that is made from the log and kept.
 *
 * @throws LlmobsExpError `E_STORE_READ` or `E_STORE_FORMAT`
 */
export async function loadScoreIndex({ events, scores }: IndexedFiles): Promise<ScoreIndex> {
  const log = await markLog(events)
  const kept = await readScoreIndex(scores)
  if (kept !== undefined && (await isCurrent(kept.log, log, events))) return kept
  const built = await buildScoreIndex(events, log)
  writeScoreIndex(scores, built)
  return built
}
