import type { ExperimentFiles } from '../layout.ts'
import { buildScoreIndex } from './build.ts'
import { readScoreIndex, writeScoreIndex } from './file.ts'
import { isCurrent, markLog } from './log-mark.ts'
import type { ScoreIndex } from './score-index.ts'

/**
 * The index of a stored experiment: the one that is kept beside its log, or, where there is none, it is damaged, or the log has
 * changed since, one that is made from the log and kept.
 *
 * @throws LlmobsExpError `E_STORE_READ` or `E_STORE_FORMAT`
 */
export async function loadScoreIndex({
  events,
  scores,
}: Pick<ExperimentFiles, 'events' | 'scores'>): Promise<ScoreIndex> {
  const log = await markLog(events)
  const kept = await readScoreIndex(scores)
  if (kept !== undefined && (await isCurrent(kept.log, log, events))) return kept
  const built = await buildScoreIndex(events, log)
  writeScoreIndex(scores, built)
  return built
}
