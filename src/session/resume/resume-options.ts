import type { Manifest } from '../../backends/local/manifest.ts'
import { parseAllowance, parsePair } from '../../config/option-values.ts'
import type { OptionName, RunOptions } from '../../config/options.ts'
import type { OptionSource, ResolvedOptions } from '../../config/resolve.ts'

const given: ReadonlySet<OptionSource | undefined> = new Set(['flag', 'environment', 'env-file'])

/**
 * The options that an experiment goes on with: what decides which units there are, and what they are, is as it was; how they are
 * run may be given anew, on the command line or in the environment.
 */
export function resumeOptions(options: ResolvedOptions, { options: past }: Manifest): ResolvedOptions {
  const { values, sources } = options
  const choose = <K extends OptionName>(name: K, before: RunOptions[K]): RunOptions[K] =>
    given.has(sources.get(name)) ? values[name] : before
  return {
    ...options,
    sources: new Map(sources).set('config', 'flag'),
    values: {
      ...values,
      runs: past.runs,
      sampleSize: past.sampleSize,
      sampleSeed: past.sampleSeed,
      skipInvalid: past.skipInvalid,
      project: past.project,
      record: past.records,
      filter: pairsOf(past.filters),
      config: pairsOf(past.config ?? []),
      jobs: choose('jobs', past.jobs),
      evalJobs: choose('evalJobs', past.evalJobs),
      timeout: choose('timeout', past.timeout),
      evalTimeout: choose('evalTimeout', past.evalTimeout),
      maxRetries: choose('maxRetries', past.maxRetries),
      maxErrors: choose('maxErrors', parseAllowance(past.maxErrors) ?? { kind: 'count', count: 0 }),
      raiseErrors: choose('raiseErrors', past.raiseErrors),
    },
  }
}

function pairsOf(texts: readonly string[]): RunOptions['filter'] {
  return texts.flatMap((text) => parsePair(text, '=') ?? [])
}
