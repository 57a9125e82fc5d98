import type { ManifestOptions } from '../backends/local/manifest.ts'
import { showAllowance, showGate } from '../config/option-values.ts'
import type { RunOptions } from '../config/options.ts'
import type { keptNames } from '../config/resume-names.ts'

type KeptOptions = Pick<ManifestOptions, (typeof keptNames)[number]>

/** Options of how an experiment is run, as its manifest keeps them: they stay when it is gone on with, unless they are given anew. */
export function keptOptions(values: RunOptions): KeptOptions {
  const { jobs, evalJobs, threads, timeout, evalTimeout, maxRetries, maxErrors, baseline, failOnRegression } = values
  const { stopWhenCertain, raiseErrors, maxIdenticalErrors, maxTime } = values
  return {
    jobs,
    ...(evalJobs === undefined ? {} : { evalJobs }),
    ...(threads === 'auto' || threads === 0 ? {} : { threads }),
    timeout,
    evalTimeout,
    maxRetries,
    maxErrors: showAllowance(maxErrors),
    ...(baseline === undefined ? {} : { baseline }),
    ...(failOnRegression.length === 0 ? {} : { failOnRegression: failOnRegression.map(showGate) }),
    ...(stopWhenCertain ? { stopWhenCertain } : {}),
    raiseErrors,
    maxIdenticalErrors,
    ...(maxTime === undefined ? {} : { maxTime }),
  }
}
