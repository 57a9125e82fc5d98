import type { Pairing } from '../../model/comparison.ts'
import { type ExperimentScores, recordStates } from './scores.ts'

/** Records of both sides with the same content, by their place in each, in the order of the candidate's dataset. */
export interface Pairs {
  readonly baseline: Int32Array
  readonly candidate: Int32Array
}

const MAX_NAMED = 20

class Named {
  count = 0
  readonly keys: string[] = []

  add(key: string): void {
    this.count++
    if (this.keys.length < MAX_NAMED) this.keys.push(key)
  }
}

/** Pairs records by key. A record of which no run has finished is not there. */
export function pairRecords(
  baseline: ExperimentScores,
  candidate: ExperimentScores,
): { readonly pairs: Pairs; readonly pairing: Pairing } {
  const places = new Map<string, number>()
  for (const [place, key] of baseline.keys.entries()) if (isThere(baseline, place)) places.set(key, place)
  const [onlyInBaseline, onlyInCandidate, changed] = [new Named(), new Named(), new Named()]
  const left: number[] = []
  const right: number[] = []
  for (const [place, key] of candidate.keys.entries()) {
    if (!isThere(candidate, place)) continue
    const other = places.get(key)
    places.delete(key)
    if (other === undefined) onlyInCandidate.add(key)
    else if (baseline.contentHashes[other] !== candidate.contentHashes[place]) changed.add(key)
    else {
      left.push(other)
      right.push(place)
    }
  }
  for (const key of places.keys()) onlyInBaseline.add(key)
  return {
    pairs: { baseline: Int32Array.from(left), candidate: Int32Array.from(right) },
    pairing: { paired: left.length, onlyInBaseline, onlyInCandidate, changed },
  }
}

function isThere({ states }: ExperimentScores, place: number): boolean {
  return states[place] !== recordStates.none
}
