import type { Delivery } from '../model/backend.ts'
import type { Outcome } from '../model/outcome.ts'
import { combineExitCodes, describeFailures, type EndOptions, exitCodeOf, isUndelivered } from './outcome.ts'

const MAX_TEXT = 300

/** One experiment of a command, as far as the last line speaks of it. */
export interface EndedExperiment {
  readonly experimentId: string
  readonly name: string
  readonly outcome: Outcome
  readonly delivery?: Delivery
}

export interface LastLineOptions extends EndOptions {
  /** Experiments of the command that never ran. */
  readonly notRun?: number
}

/**
 * What the last line of stderr says: what the command came to, why, and what to do next. It speaks of the first experiment
 * that has the command's exit code.
 */
export function lastLine(experiments: readonly EndedExperiment[], options: LastLineOptions): string {
  const { notRun = 0 } = options
  const codes = experiments.map((experiment) => exitCodeOf(experiment, options))
  const exitCode = combineExitCodes(codes)
  const alike = experiments.filter((_, index) => codes[index] === exitCode)
  const failed = exitCode === 0 ? experiments.filter(({ outcome }) => outcome.status === 'failed') : []
  const [culprit] = failed.length > 0 ? failed : alike
  if (culprit === undefined) return 'not started: no experiment was run'
  const others =
    experiments.length === 1 ? '' : ` (${failed.length || alike.length} of ${experiments.length} experiments)`
  const rest = notRun === 0 ? '' : `; ${notRun} more ${notRun === 1 ? 'was' : 'were'} not run`
  const undelivered = experiments.filter(isUndelivered)
  const [about, next] =
    exitCode === 3 || isEndedWait(culprit, options)
      ? [describeUndelivered(culprit, options), pushStep(undelivered)]
      : [describe(culprit), `${nextStep(culprit, failed.length > 0 ? 1 : exitCode)}${aside(undelivered, options)}`]
  const forgiven = failed.length > 0 ? '; the exit code is 0 all the same: --exit-zero' : ''
  return `${about}${others}${rest}${forgiven}; ${next}`
}

/** Whether a signal ended no experiment, but the wait for this one's delivery. */
function isEndedWait(experiment: EndedExperiment, { signal }: LastLineOptions): boolean {
  return signal !== undefined && isUndelivered(experiment) && experiment.outcome.status !== 'stopped'
}

function describeUndelivered({ name, outcome, delivery }: EndedExperiment, { signal }: LastLineOptions): string {
  const reason = delivery?.status === 'undelivered' ? `: ${oneLine(delivery.reason)}` : ''
  const end = signal === undefined ? '' : `ended by ${signal}: `
  return `${end}${outcome.status}, but not all pushed: ${oneLine(name)}${reason}`
}

/** The last step where something else comes first. */
function aside(undelivered: readonly EndedExperiment[], { allowUndelivered }: LastLineOptions): string {
  if (undelivered.length === 0) return ''
  return `; not all pushed${allowUndelivered ? ', as is allowed' : ''}: ${pushCommand(undelivered)}`
}

type Undelivered = Pick<EndedExperiment, 'experimentId' | 'delivery'>

/** What to do about experiments that were not delivered. */
export function pushStep(undelivered: readonly Undelivered[]): string {
  const [first] = undelivered
  if (first === undefined || !undelivered.every(isFinal)) return `push the rest: ${pushCommand(undelivered)}`
  return `what was rejected is kept: llmobs-exp show ${first.experimentId}`
}

/** Whether all of it was sent, and some of it will never be accepted. */
function isFinal({ delivery }: Undelivered): boolean {
  return delivery?.status === 'undelivered' && delivery.pending === 0 && delivery.rejected > 0
}

function pushCommand(undelivered: readonly Undelivered[]): string {
  const [only] = undelivered
  return only !== undefined && undelivered.length === 1
    ? `llmobs-exp push ${only.experimentId}`
    : 'llmobs-exp push --all'
}

function describe({ name, outcome }: EndedExperiment): string {
  const title = oneLine(name)
  switch (outcome.status) {
    case 'passed':
      return `passed: ${title}${describeEarly(outcome)}`
    case 'failed': {
      const [first = '', ...more] = describeFailures(outcome)
      return `failed: ${title}${describeEarly(outcome)}: ${oneLine(first)}${more.length === 0 ? '' : ` (and ${more.length} more)`}`
    }
    case 'stopped':
      return describeStop(title, outcome)
  }
}

function describeEarly({ early }: Exclude<Outcome, { status: 'stopped' }>): string {
  return early === undefined ? '' : ` (certain after ${early.ran} rows, ${early.skipped} skipped)`
}

function describeStop(title: string, { reason, exitCode }: Extract<Outcome, { status: 'stopped' }>): string {
  if (reason.kind === 'signal') return `ended by ${reason.signal}: ${title}`
  if (reason.kind === 'out-of-date') return `out of date: ${title}: ${oneLine(reason.message)}`
  if (reason.kind === 'interrupted') return `interrupted: ${title}: ${oneLine(reason.message)}`
  const message = oneLine(reason.error.message)
  const hint = reason.error.hint === undefined ? '' : ` (${oneLine(reason.error.hint)})`
  if (exitCode === 2) return `not started: ${title}: ${message}${hint}`
  return `${exitCode === 5 ? 'the local store failed' : 'ended early'}: ${title}: ${message}${hint}`
}

function nextStep({ experimentId, outcome }: EndedExperiment, exitCode: number): string {
  const show = `llmobs-exp show ${experimentId}`
  const goOn = `llmobs-exp resume ${experimentId}`
  const isOutOfDate = outcome.status === 'stopped' && outcome.reason.kind === 'out-of-date'
  switch (exitCode) {
    case 0:
      return `look at it: ${show}`
    case 1:
      return `look at the rows: ${show} --rows failing${outcome.status === 'stopped' ? `; run the rest: ${goOn}` : ''}`
    case 2:
      return isOutOfDate || (outcome.status === 'stopped' && outcome.reason.kind === 'signal')
        ? 'no task was started'
        : 'no task was started; fix this and run it again'
    case 5:
      return `fix this; what was written is kept; run the rest: ${goOn}`
    default:
      return isOutOfDate ? `what is done is kept: ${show}` : `what is done is kept; run the rest: ${goOn}`
  }
}

/** Control characters would break the line, or steer the terminal. */
function oneLine(text: string): string {
  const flat = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()
  return flat.length <= MAX_TEXT ? flat : `${flat.slice(0, MAX_TEXT)}…`
}
