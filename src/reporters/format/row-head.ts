import { isFailing, type Row } from '../../model/row.ts'
import { sanitizeLine } from '../../terminal/sanitize.ts'
import { displayWidth, truncate } from '../../terminal/width.ts'

/** Columns that a key keeps beside a long list of what failed. */
const MIN_KEY_COLUMNS = 12

export interface RowHeadOptions {
  readonly runs: number
  readonly columns: number
  /** Whether its record counts for no number. @default false */
  readonly isQuarantined?: boolean
}

export interface RowHead {
  readonly key: string
  /** ` · run 2 · did not pass: correct, tone`, cut to what is left beside the key. */
  readonly what: string
  readonly isFailing: boolean
}

/** Which row it is and what is wrong with it, in so many columns. The run is named only where there are several. */
export function describeRow(row: Row, { runs, columns, isQuarantined = false }: RowHeadOptions): RowHead {
  const words = [
    ...(runs > 1 ? [`run ${row.iteration}`] : []),
    ...(isQuarantined ? ['in quarantine'] : []),
    ...verdicts(row),
  ]
  const whole = words.map((word) => ` · ${word}`).join('')
  const name = sanitizeLine(row.key)
  const key = truncate(name, Math.max(columns - displayWidth(whole), Math.min(MIN_KEY_COLUMNS, columns)))
  return { key, what: truncate(whole, columns - displayWidth(key)), isFailing: isFailing(row) }
}

function verdicts(row: Row): string[] {
  if (row.status !== 'ok') return [row.status]
  const failed = row.evaluations.flatMap((result) =>
    result.status === 'error' || result.status === 'timeout' ? [sanitizeLine(result.evaluator)] : [],
  )
  const notPassed = row.evaluations.flatMap((result) =>
    result.status !== 'ok'
      ? []
      : result.evaluations
          .filter(({ type, value, assessment }) => assessment === 'fail' || (type === 'boolean' && !value))
          .map(({ label }) => sanitizeLine(label)),
  )
  return [
    ...(notPassed.length > 0 ? [`did not pass: ${notPassed.join(', ')}`] : []),
    ...(failed.length > 0 ? [`errors in: ${failed.join(', ')}`] : []),
    ...(notPassed.length + failed.length === 0 ? ['ok'] : []),
  ]
}
