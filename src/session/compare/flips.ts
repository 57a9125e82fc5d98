import type { Comparison, FlippedRecord } from '../../model/comparison.ts'
import type { Row } from '../../model/row.ts'
import type { Pairs } from './pair.ts'
import { type ExperimentScores, recordStates } from './scores.ts'

/** How many records of each kind are read back. */
const MAX_RECORDS = 10

type Kind = FlippedRecord['kind']
type Found = { readonly [K in Kind]: number[] }

const kinds: readonly Kind[] = ['broken', 'fixed', 'still-failing']

/** Records that fail on one side, or on both. Only those that are to be shown are read back whole. */
export async function findFlips(
  baseline: ExperimentScores,
  candidate: ExperimentScores,
  pairs: Pairs,
): Promise<Pick<Comparison, 'counts' | 'records'>> {
  const found = sortOut(baseline, candidate, pairs)
  const shown = kinds.flatMap((kind) => found[kind].slice(0, MAX_RECORDS).map((pair) => ({ kind, pair })))
  const places = (side: Int32Array): number[] => shown.map(({ pair }) => side[pair] ?? -1)
  const [old, current] = await Promise.all([
    readQuietly(baseline, places(pairs.baseline)),
    readQuietly(candidate, places(pairs.candidate)),
  ])
  return {
    counts: {
      fixed: found.fixed.length,
      broken: found.broken.length,
      stillFailing: found['still-failing'].length,
    },
    records: shown.map(({ kind, pair }): FlippedRecord => {
      const [before, after] = [pairs.baseline[pair] ?? -1, pairs.candidate[pair] ?? -1]
      const [baselineRow, candidateRow] = [old.get(before), current.get(after)]
      return {
        kind,
        key: candidate.keys[after] ?? '',
        ...(baselineRow === undefined ? {} : { baseline: baselineRow }),
        ...(candidateRow === undefined ? {} : { candidate: candidateRow }),
      }
    }),
  }
}

/** Pairs by what became of them, in the order of the dataset. */
function sortOut(baseline: ExperimentScores, candidate: ExperimentScores, pairs: Pairs): Found {
  const found: Found = { broken: [], fixed: [], 'still-failing': [] }
  for (const [pair, place] of pairs.baseline.entries()) {
    const failed = baseline.states[place] === recordStates.fail
    const fails = candidate.states[pairs.candidate[pair] ?? -1] === recordStates.fail
    if (failed && fails) found['still-failing'].push(pair)
    else if (failed) found.fixed.push(pair)
    else if (fails) found.broken.push(pair)
  }
  return found
}

/** The log may have gone meanwhile; what is known of the records is worth telling all the same. */
async function readQuietly(scores: ExperimentScores, places: readonly number[]): Promise<ReadonlyMap<number, Row>> {
  try {
    return await scores.rows(places)
  } catch {
    return new Map()
  }
}
