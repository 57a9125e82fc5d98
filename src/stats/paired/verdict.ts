import type { ComparisonVerdict, Direction, PairedDifference } from '../../model/comparison.ts'

const LEVEL = 0.05

export interface Evidence {
  readonly difference: Pick<PairedDifference, 'difference'>
  /** After Holm's correction, where several labels are compared. */
  readonly adjustedPValue: number
  readonly direction: Direction
}

/** What a comparison says of one label: a difference only on evidence, p ≤ 0.05. */
export function verdictOf({ difference: { difference }, adjustedPValue, direction }: Evidence): ComparisonVerdict {
  if (adjustedPValue > LEVEL || difference === 0) return 'no evidence of a difference'
  return difference > 0 === (direction === 'higher') ? 'improved' : 'regressed'
}
