import { backendOptions } from './backend-options.ts'
import {
  allowance,
  type ConfigValues,
  count,
  duration,
  folder,
  integer,
  type OptionSpec,
  targets,
  text,
  texts,
  toggle,
} from './option-kinds.ts'
import { pairs } from './option-pairs.ts'

const WHAT = 'What runs'
const HOW = 'How it runs'
const VERDICT = 'When it fails'
const SAYS = 'What it says and keeps'

/** The same bounds that definitions are checked against. */
const limits = { runs: 10_000, jobs: 10_000, threads: 64, maxRetries: 100 } as const

const table = {
  only: texts({
    argument: 'name',
    group: WHAT,
    separator: ',',
    description: 'run only this experiment or variant: its name, `name/variant`, or the name of its export',
    expected: 'the name of an experiment or a variant',
  }),
  sampleSize: integer({
    short: 'n',
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    default: undefined,
    group: WHAT,
    description: 'take only so many records: the first ones, or drawn at random with --sample-seed',
  }),
  sampleSeed: integer({
    min: 0,
    max: 2 ** 32 - 1,
    default: undefined,
    group: WHAT,
    description: 'draw the sample at random; the same seed draws the same records',
  }),
  filter: pairs({
    kind: 'filters',
    argument: 'key=value',
    between: '=',
    group: WHAT,
    separator: '\n',
    description:
      'take only records whose metadata has this value, or that have the tag key:value; input.key looks into the input; all filters must match',
    expected: 'key=value, such as language=fr',
    expectedInConfig: "an object of texts, numbers or switches, such as { language: 'fr' }",
  }),
  record: texts({
    argument: 'id',
    group: WHAT,
    separator: '\n',
    description: 'take only the record with this id, or with this key where it has no id',
    expected: 'the id of a record',
  }),
  config: pairs({
    kind: 'settings',
    argument: 'key=value',
    between: '=',
    group: WHAT,
    separator: '\n',
    description:
      "replace a value of the definition's config; read as JSON where it is JSON; a.b reaches into an object",
    expected: 'key=value, such as model=large-2',
    expectedInConfig: "an object that JSON can keep, without = in its keys, such as { model: 'large-2' }",
  }),
  runs: integer({
    short: 'r',
    min: 1,
    max: limits.runs,
    default: 1,
    group: HOW,
    description: 'passes over the dataset',
  }),
  jobs: integer({
    short: 'j',
    min: 1,
    max: limits.jobs,
    default: 10,
    group: HOW,
    description: 'calls of tasks and evaluators in flight at once',
  }),
  evalJobs: integer({
    min: 1,
    max: limits.jobs,
    default: undefined,
    group: HOW,
    description: 'give evaluators a limit of their own, beside --jobs for tasks',
  }),
  threads: count({
    min: 0,
    max: limits.threads,
    group: HOW,
    description:
      'threads that user code is spread over, so that code that blocks runs in parallel; auto: one, and more when it blocks; 0: none, for debuggers',
  }),
  timeout: duration({
    default: 600_000,
    defaultText: '10m',
    group: HOW,
    description: 'how long one call of the task may take',
  }),
  evalTimeout: duration({
    default: 300_000,
    defaultText: '5m',
    group: HOW,
    description: 'how long one call of an evaluator may take',
  }),
  maxTime: duration({
    default: undefined,
    group: HOW,
    description: 'stop when the whole command has run so long; what is pending can be resumed',
  }),
  maxRetries: integer({
    min: 0,
    max: limits.maxRetries,
    default: 0,
    group: HOW,
    description: 'how often a failed call is tried again',
  }),
  watch: toggle({
    group: HOW,
    description: 'run again when a module, what it imports or a dataset file changes; until q or Ctrl-C',
  }),
  maxErrors: allowance({
    default: { kind: 'count', count: 0 },
    defaultText: '0',
    group: VERDICT,
    description: 'rows with errors (or % of the planned units) that still pass; never stops the run',
  }),
  raiseErrors: toggle({ group: VERDICT, description: 'stop at the first error of a task or an evaluator' }),
  maxIdenticalErrors: integer({
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    default: 8,
    group: VERDICT,
    description: 'stop when so many tasks in a row have failed with the same error; 0: never',
  }),
  skipInvalid: toggle({ group: VERDICT, description: 'leave out records that are not valid, and count them' }),
  ...backendOptions,
  reporter: targets({
    argument: 'name[=path]',
    group: SAYS,
    separator: ',',
    description: 'how results are told: terminal, plain, json or ndjson; with a path, into that file',
    expected: 'the name of a reporter, or name=path',
    completion: ['terminal', 'plain', 'json', 'ndjson'],
  }),
  quiet: toggle({ group: SAYS, description: 'only errors and the last line' }),
  debug: toggle({ group: SAYS, description: 'more about what the tool itself does' }),
  tag: pairs({
    kind: 'tags',
    argument: 'key:value',
    between: ':',
    group: SAYS,
    separator: ',',
    description: 'tag the experiment; replaces a tag of the definition with the same key',
    expected: 'key:value, such as team:support',
    expectedInConfig: "an object of texts, without : in its keys, such as { team: 'support' }",
  }),
  store: folder({
    argument: 'dir',
    group: SAYS,
    description: 'folder of the local store, instead of .llmobs-exp beside the nearest package.json',
    expected: 'a folder',
  }),
  // Not envFile: Node takes --env-file for its own, wherever it stands, and ends when it cannot read it.
  dotenv: text({
    argument: 'path',
    group: SAYS,
    completion: 'file',
    description: 'read environment variables from this file, not .env beside the nearest package.json; none: no file',
    expected: 'a file, or none',
  }),
}

/** What the options of `run` come to. */
export type RunOptions = { readonly [K in keyof typeof table]: ReturnType<(typeof table)[K]['read']> }

export type OptionName = keyof RunOptions

/** The options of `run`, by the name they have in code; the flag is the name in kebab-case. */
export const runOptions: { readonly [K in OptionName]: OptionSpec<RunOptions[K]> } = table

/** Every option's name, in the order of the help. */
export const optionNames: readonly OptionName[] = Object.keys(table).filter(isOptionName)

/** Options that a definition may also set, under the same name. */
export const definitionOptions = [
  'project',
  'runs',
  'jobs',
  'threads',
  'timeout',
  'evalTimeout',
  'maxRetries',
] as const satisfies readonly OptionName[]

export function isOptionName(name: string): name is OptionName {
  return Object.hasOwn(table, name)
}

/** Decided before the config file is read. */
const commandOnly = ['dotenv', 'watch'] as const satisfies readonly OptionName[]

/** What a config file may set, by the name that the option has in code. */
export type Config = {
  readonly [K in Exclude<OptionName, (typeof commandOnly)[number]>]?:
    | ConfigValues[(typeof table)[K]['kind']]
    | undefined
}

/** Options that a config file may set. */
export const configNames: readonly OptionName[] = optionNames.filter(
  (name) => !commandOnly.some((other) => other === name),
)

/** @example flagName('evalJobs') // '--eval-jobs' */
export function flagName(name: OptionName): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/** @example environmentName('evalJobs') // 'LLMOBS_EXP_EVAL_JOBS' */
export function environmentName(name: OptionName): string {
  return `LLMOBS_EXP_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`
}
