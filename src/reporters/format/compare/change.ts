import type { LabelComparison } from '../../../model/comparison.ts'
import { signed, unitOf } from './figures.ts'

/** Beside the verdict, for where it has to be short. */
const words = { improved: ' better', regressed: ' worse', 'no evidence of a difference': '' } as const

/**
 * The difference from the baseline of each label that was compared, with a word where it is more than chance.
 * @example changesOf(labels).get('exact') // '+4.2 points better'
 */
export function changesOf(labels: readonly LabelComparison[]): ReadonlyMap<string, string> {
  const changes = new Map<string, string>()
  for (const label of labels) {
    if (label.status !== 'compared') continue
    const unit = unitOf(label)
    changes.set(label.label, `${signed(label.difference, unit)}${unit.suffix}${words[label.verdict]}`)
  }
  return changes
}
