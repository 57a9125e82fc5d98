import { isFailing, type Row } from '../../model/row.ts'
import { sanitizeLine } from '../../terminal/sanitize.ts'
import { displayWidth, truncate } from '../../terminal/width.ts'
import { describeVerdicts } from './row-facts.ts'

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
    ...describeVerdicts(row),
  ]
  const whole = words.map((word) => ` · ${word}`).join('')
  const name = sanitizeLine(row.key)
  const key = truncate(name, Math.max(columns - displayWidth(whole), Math.min(MIN_KEY_COLUMNS, columns)))
  return { key, what: truncate(whole, columns - displayWidth(key)), isFailing: isFailing(row) }
}
