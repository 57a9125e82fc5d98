import type { EvaluationFinished, RowFinished, RunEvent } from '../../model/events.ts'
import type { ErrorAllowance } from '../../model/outcome.ts'
import type { DefinitionInfo } from '../../model/ports.ts'
import type { QuarantinedRecord } from '../../model/quarantine.ts'
import { unitName } from '../../model/row.ts'
import type { ExperimentSummary } from '../../model/summary.ts'
import { hasCondition, type ThresholdInfo } from '../../model/threshold.ts'
import { findTarget, type ThresholdNames, type ThresholdTarget } from '../../model/threshold-name.ts'
import {
  type Certainty,
  certaintyOfAllowance,
  certaintyOfErrors,
  certaintyOfExtreme,
  certaintyOfRate,
  type ErrorsSoFar,
} from './bounds.ts'
import { LabelSoFar } from './label-so-far.ts'

export interface CertaintyOptions {
  readonly thresholds: DefinitionInfo['thresholds']
  readonly names: ThresholdNames
  readonly maxErrors: ErrorAllowance
  /** Of all runs. */
  readonly plannedUnits: number
  readonly quarantine: readonly QuarantinedRecord[]
}

interface Watched {
  readonly name: string
  readonly range: ThresholdInfo
  readonly target: ThresholdTarget | undefined
}

/**
 * Knows when no outcome of the remaining rows can change the verdict. It has failed for certain as soon as one condition is missed
 * for certain; it has passed when all are met for certain, errors included, and no summary evaluator is left that could fail.
 * A label keeps the type of its values, as far as this goes.
 */
export class CertaintyWatch {
  readonly #options: CertaintyOptions
  readonly #watched: readonly Watched[]
  readonly #quarantined: ReadonlySet<string>
  readonly #labels = new Map<string, LabelSoFar>()
  /** Results of each evaluator, whatever they were. */
  readonly #ended = new Map<string, number>()
  /** Rows under way of which an evaluator has failed. */
  readonly #marks = new Set<string>()
  #done = 0
  #doneInQuarantine = 0
  #errors = 0
  #longest = Number.NEGATIVE_INFINITY
  #isSeeded = false
  #isDecided = false

  constructor(options: CertaintyOptions) {
    this.#options = options
    this.#quarantined = new Set(options.quarantine.map(({ record }) => record))
    this.#watched = Object.entries(options.thresholds).flatMap(([name, range]) => {
      const target = findTarget(name, options.names)
      return hasCondition(range) ? [{ name, range, target: target === 'ambiguous' ? undefined : target }] : []
    })
  }

  /** What an experiment that is gone on with has come to. Rows that were skipped may be anything. */
  seed({ rows, rowsWithErrors, quarantinedRows = 0, labels, taskLatency }: ExperimentSummary): void {
    this.#isSeeded = true
    this.#done = rows.ok + rows.error + rows.timeout + rows.cancelled
    this.#doneInQuarantine = quarantinedRows
    this.#errors = rowsWithErrors
    this.#longest = taskLatency?.max ?? this.#longest
    for (const label of labels) {
      this.#labels.set(label.label, LabelSoFar.of(label))
      const ended = label.scored + label.errored + label.skipped + (label.quarantined ?? 0)
      this.#ended.set(label.evaluator, Math.max(ended, this.#ended.get(label.evaluator) ?? 0))
    }
  }

  apply(event: RunEvent): void {
    if (event.type === 'evaluation-finished') this.#addEvaluation(event)
    else if (event.type === 'row-finished') this.#addRow(event)
    else if (event.type === 'task-finished' && !this.#quarantined.has(event.key))
      this.#longest = Math.max(this.#longest, event.durationMs)
  }

  /** Asked when a batch of events has been applied. Once it is certain it stays so. */
  decide(): boolean {
    this.#isDecided ||= this.#isFailed() || this.#isPassed()
    return this.#isDecided
  }

  get isDecided(): boolean {
    return this.#isDecided
  }

  certaintyOf(name: string): Certainty {
    const watched = this.#watched.find((one) => one.name === name)
    return watched === undefined ? 'open' : this.#certaintyOf(watched)
  }

  #isFailed(): boolean {
    if (certaintyOfAllowance(this.#soFar(), this.#options.maxErrors) === 'missed') return true
    return this.#watched.some((watched) => this.#certaintyOf(watched) === 'missed')
  }

  /** Of rows that were begun before it is not known here which of them have errors. */
  #isPassed(): boolean {
    if (this.#isSeeded || this.#watched.length === 0 || this.#options.names.summaryEvaluators.length > 0) return false
    if (certaintyOfAllowance(this.#soFar(), this.#options.maxErrors) !== 'met') return false
    return this.#watched.every((watched) => this.#certaintyOf(watched) === 'met')
  }

  #soFar(): ErrorsSoFar {
    const { plannedUnits } = this.#options
    return {
      errors: this.#errors,
      units: plannedUnits - this.#doneInQuarantine,
      remaining: Math.max(0, plannedUnits - this.#done),
    }
  }

  #certaintyOf({ range, target }: Watched): Certainty {
    switch (target?.kind) {
      case 'value':
        return this.#ofValue(target.name, range)
      case 'score':
        return this.#ofScore(target, range)
      case 'error-rate':
        return certaintyOfErrors(this.#soFar(), range)
      case 'latency':
        return target.statistic === 'max' && this.#longest >= 0
          ? certaintyOfExtreme(this.#longest, range, 'max')
          : 'open'
      case undefined:
        return 'open'
    }
  }

  #ofValue(name: string, range: ThresholdInfo): Certainty {
    const label = this.#labels.get(name)
    switch (label?.type) {
      case undefined:
      case 'none':
      case 'score':
        return 'open'
      case 'boolean': {
        const remaining = Math.max(0, this.#options.plannedUnits - (this.#ended.get(label.evaluator) ?? 0))
        return certaintyOfRate({ passed: label.passed, scored: label.scored, remaining }, range)
      }
      default:
        return 'missed'
    }
  }

  #ofScore(target: Extract<ThresholdTarget, { kind: 'score' }>, range: ThresholdInfo): Certainty {
    const label = this.#labels.get(target.label)
    if (label === undefined || label.type === 'none') return 'open'
    if (label.type !== 'score') return 'missed'
    if (target.statistic === 'min' || target.statistic === 'max')
      return certaintyOfExtreme(label[target.statistic], range, target.statistic)
    return 'open'
  }

  #addEvaluation(event: EvaluationFinished): void {
    const { evaluator } = event
    this.#ended.set(evaluator, (this.#ended.get(evaluator) ?? 0) + 1)
    if (this.#quarantined.has(event.key)) return
    if (event.status === 'error' || event.status === 'timeout') this.#marks.add(unitName(event))
    if (event.status !== 'ok') return
    for (const evaluation of event.evaluations) {
      const label = this.#labels.get(evaluation.label) ?? new LabelSoFar(evaluator)
      this.#labels.set(evaluation.label, label)
      label.add(evaluation)
    }
  }

  #addRow(event: RowFinished): void {
    const isMarked = this.#marks.delete(unitName(event))
    // Skipped because it was certain: it could have been anything.
    if (event.status === 'skipped') return
    this.#done++
    if (this.#quarantined.has(event.key)) this.#doneInQuarantine++
    else if (isMarked || event.status === 'error' || event.status === 'timeout') this.#errors++
  }
}
