import type { OptionName } from './options.ts'

/** Options of how an experiment is run: where nothing is said they stay as they were when it is gone on with. */
export const keptNames = [
  'jobs',
  'evalJobs',
  'threads',
  'timeout',
  'evalTimeout',
  'maxRetries',
  'maxErrors',
  'baseline',
  'failOnRegression',
  'stopWhenCertain',
  'raiseErrors',
  'maxIdenticalErrors',
  'maxTime',
] as const satisfies readonly OptionName[]

/** Options of `resume`. What decides which rows there are, and what they are, is not among them: it stays as it was. */
export const resumeNames = [
  'only',
  ...keptNames,
  'exitZero',
  'config',
  'backend',
  'noPush',
  'requireBackend',
  'allowUndelivered',
  'pushTimeout',
  'restamp',
  'reporter',
  'noGithub',
  'quiet',
  'debug',
  'store',
  'dotenv',
] as const satisfies readonly OptionName[]
