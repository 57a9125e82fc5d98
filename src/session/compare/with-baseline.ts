import type { ExperimentFiles } from '../../backends/local/layout.ts'
import { loadScoreIndex } from '../../backends/local/score-index/load.ts'
import type { RegressionGate } from '../../config/option-values.ts'
import type { Comparison } from '../../model/comparison.ts'
import type { Failure } from '../../model/outcome.ts'
import type { ExperimentInfo } from '../../model/ports.ts'
import { compareScores } from './compare.ts'
import { directionsOf } from './directions.ts'
import { scoresOfIndex } from './from-index.ts'
import { findRegressions } from './regressions.ts'
import type { ExperimentScores } from './scores.ts'

/** What an experiment is held against, and what must not be worse. */
export interface BaselinePlan {
  readonly baseline: ExperimentScores
  readonly gates: readonly RegressionGate[]
}

/** An experiment all of whose rows are in its log. */
export interface FinishedExperiment {
  readonly info: ExperimentInfo
  readonly files: Pick<ExperimentFiles, 'events' | 'scores'>
}

export interface ComparedRun {
  readonly comparison: Comparison
  readonly failures: readonly Failure[]
}

/** @throws LlmobsExpError `E_STORE_READ` or `E_STORE_FORMAT` */
export async function compareWithBaseline(
  experiment: FinishedExperiment,
  { baseline, gates }: BaselinePlan,
): Promise<ComparedRun> {
  const { thresholds } = experiment.info
  const comparison = await compareScores(baseline, await readScores(experiment), directionsOf(thresholds))
  return { comparison, failures: findRegressions(comparison, gates, thresholds) }
}

/** What an experiment of this command came to, by record. */
export async function readScores({ info, files }: FinishedExperiment): Promise<ExperimentScores> {
  const { experimentId, name, file, thresholds } = info
  return scoresOfIndex({
    experimentId,
    name,
    file,
    thresholds,
    source: experimentId,
    isComplete: true,
    eventsFile: files.events,
    index: await loadScoreIndex(files),
  })
}
