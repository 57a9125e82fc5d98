import type { LabelledEvaluation } from '../../model/evaluation.ts'
import { isFailing, type Row, type RowEvaluation } from '../../model/row.ts'
import { sanitizeLine } from '../../terminal/sanitize.ts'

/** What a row comes to in a report: an error stands before what did not pass. */
export type RowState = 'passed' | 'failed' | 'error' | 'skipped'

export function stateOf(row: Row): RowState {
  if (row.status === 'skipped' || row.status === 'cancelled') return 'skipped'
  if (row.status !== 'ok' || row.evaluations.some(({ status }) => status === 'error' || status === 'timeout'))
    return 'error'
  return isFailing(row) ? 'failed' : 'passed'
}

/** What is wrong with a row, or that nothing is. @example ['did not pass: correct, tone', 'errors in: judge'] */
export function describeVerdicts(row: Row): string[] {
  if (row.status !== 'ok') return [row.status]
  const failed = row.evaluations.flatMap((result) =>
    result.status === 'error' || result.status === 'timeout' ? [sanitizeLine(result.evaluator)] : [],
  )
  const notPassed = row.evaluations.flatMap((result) =>
    result.status !== 'ok' ? [] : result.evaluations.filter(isNotPassed).map(({ label }) => sanitizeLine(label)),
  )
  return [
    ...(notPassed.length > 0 ? [`did not pass: ${notPassed.join(', ')}`] : []),
    ...(failed.length > 0 ? [`errors in: ${failed.join(', ')}`] : []),
    ...(notPassed.length + failed.length === 0 ? ['ok'] : []),
  ]
}

/** A label or an evaluator with what there is to say of it. */
export type Remark = readonly [name: string, text: string]

/** Why a row did not pass. A bare `false` says no more than `describeVerdicts`. */
export function reasonsOf({ evaluations }: Row): Remark[] {
  return evaluations.flatMap((evaluation): Remark[] => {
    if (evaluation.status === 'skipped') return []
    if (evaluation.status !== 'ok') return [[evaluation.evaluator, `${evaluation.status}: ${evaluation.error.message}`]]
    return evaluation.evaluations
      .filter(isNotPassed)
      .filter(({ type, value, reasoning }) => type !== 'boolean' || value || reasoning !== undefined)
      .map(({ label, value, reasoning }) => [label, withReason(String(value), reasoning)])
  })
}

/** Everything that evaluators found, those that were skipped or failed too. */
export function remarksOf({ evaluations }: Row): Remark[] {
  return evaluations.flatMap((evaluation: RowEvaluation): Remark[] => {
    const { evaluator } = evaluation
    if (evaluation.status === 'skipped') return [[evaluator, `skipped: ${evaluation.reason}`]]
    if (evaluation.status !== 'ok') return [[evaluator, `${evaluation.status}: ${evaluation.error.message}`]]
    return evaluation.evaluations.map(remarkOn)
  })
}

function remarkOn({ label, value, assessment, reasoning }: LabelledEvaluation): Remark {
  return [label, withReason(assessment === undefined ? String(value) : `${value} (${assessment})`, reasoning)]
}

function withReason(value: string, reasoning: string | undefined): string {
  return reasoning === undefined ? value : `${value}: ${reasoning}`
}

function isNotPassed({ type, value, assessment }: LabelledEvaluation): boolean {
  return assessment === 'fail' || (type === 'boolean' && !value)
}
