import type { ExperimentFiles } from '../layout.ts'
import { readError } from '../store-error.ts'
import { buildScoreIndex } from './build.ts'
import { markLog, readScoreIndex, writeScoreIndex } from './file.ts'
import type { LogMark, ScoreIndex } from './score-index.ts'

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
  const log = await mark(events)
  const kept = await readScoreIndex(scores, log)
  if (kept !== undefined) return kept
  const built = await buildScoreIndex(events, log)
  writeScoreIndex(scores, built)
  return built
}

async function mark(eventsFile: string): Promise<LogMark> {
  try {
    return await markLog(eventsFile)
  } catch (error) {
    throw readError(eventsFile, error)
  }
}
