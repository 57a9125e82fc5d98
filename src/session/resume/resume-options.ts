import type { Manifest } from '../../backends/local/manifest.ts'
import { parseAllowance, parsePair } from '../../config/option-values.ts'
import type { OptionName, RunOptions } from '../../config/options.ts'
import type { OptionSource, ResolvedOptions } from '../../config/resolve.ts'
import { MASK } from '../../config/secrets.ts'
import { LlmobsExpError } from '../../model/errors.ts'

const given: ReadonlySet<OptionSource | undefined> = new Set(['flag', 'environment', 'env-file'])

/**
 * The options that an experiment goes on with: what decides which units there are, and what they are, is as it was; how they are
 * run may be given anew, on the command line or in the environment.
 *
 * @throws LlmobsExpError `E_OPTION` for a secret that was given and not kept
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
      config: settingsOf(pairsOf(past.config ?? []), given.has(sources.get('config')) ? values.config : []),
      jobs: choose('jobs', past.jobs),
      evalJobs: choose('evalJobs', past.evalJobs),
      threads: choose('threads', past.threads ?? 'auto'),
      timeout: choose('timeout', past.timeout),
      evalTimeout: choose('evalTimeout', past.evalTimeout),
      maxRetries: choose('maxRetries', past.maxRetries),
      maxErrors: choose('maxErrors', parseAllowance(past.maxErrors) ?? { kind: 'count', count: 0 }),
      raiseErrors: choose('raiseErrors', past.raiseErrors),
      maxIdenticalErrors: choose('maxIdenticalErrors', past.maxIdenticalErrors ?? values.maxIdenticalErrors),
      maxTime: choose('maxTime', past.maxTime),
    },
  }
}

/** What was set, with what is set anew. */
function settingsOf(past: RunOptions['config'], anew: RunOptions['config']): RunOptions['config'] {
  const keys = new Set(anew.map(({ key }) => key))
  const kept = past.filter(({ key }) => !keys.has(key))
  const secret = kept.find(({ value }) => value.includes(MASK))
  if (secret === undefined) return [...kept, ...anew]
  throw new LlmobsExpError(
    'E_OPTION',
    `--config ${secret.key}: expected its value once more, got none: it looks like a secret, and was not kept`,
    { hint: `give it again: --config ${secret.key}=…` },
  )
}

function pairsOf(texts: readonly string[]): RunOptions['filter'] {
  return texts.flatMap((text) => parsePair(text, '=') ?? [])
}
