import type { PassAt, Stability } from '../model/summary.ts'
import type { Clusters } from './clusters.ts'

const MAX_FLAKY = 20
/** Numbers of runs of which pass@k and pass^k are told; beside these the number of runs itself. */
const TOLD: readonly number[] = [1, 2, 3, 4, 5, 10, 20, 50, 100]

/**
 * The probability that at least one of `k` runs of a record passes, of which `passed` in `scored` did: 1 − C(n−c, k)/C(n, k),
 * unbiased. M. Chen et al., "Evaluating Large Language Models Trained on Code", arXiv:2107.03374 (2021), eq. 1.
 *
 * @param k - at most `scored`
 */
export function passAtK({ scored, passed }: RecordRuns, k: number): number {
  return 1 - chosenAmong(scored - passed, scored, k)
}

/**
 * The probability that all of `k` runs of a record pass: C(c, k)/C(n, k), unbiased. S. Yao et al., "τ-bench: A Benchmark for
 * Tool-Agent-User Interaction in Real-World Domains", arXiv:2406.12045 (2024), pass^k.
 *
 * @param k - at most `scored`
 */
export function passHatK({ scored, passed }: RecordRuns, k: number): number {
  return chosenAmong(passed, scored, k)
}

/** Of one record: rows with a value, and how many of those pass. */
export interface RecordRuns {
  readonly scored: number
  readonly passed: number
}

/** C(some, k) / C(all, k), as a product so that nothing overflows. */
function chosenAmong(some: number, all: number, k: number): number {
  let share = 1
  for (let taken = 0; taken < k; taken++) share *= Math.max(0, some - taken) / (all - taken)
  return share
}

/** How alike the runs of each record are by a boolean label; flaky records by their number, the first 20. */
export function stabilityOf(
  clusters: Clusters,
  runs: number,
): Omit<Stability, 'flakyKeys'> & { readonly flakyRecords: readonly number[] } {
  const flakyRecords: number[] = []
  const groups = new Map<string, RecordRuns & { records: number }>()
  const counts = { stablePass: 0, stableFail: 0, flaky: 0, single: 0 }
  clusters.forEach((record, scored, passed) => {
    const name = `${passed} of ${scored}`
    const group = groups.get(name) ?? { scored, passed, records: 0 }
    group.records++
    groups.set(name, group)
    const kind = kindOf({ scored, passed })
    counts[kind]++
    if (kind === 'flaky' && flakyRecords.length < MAX_FLAKY) flakyRecords.push(record)
  })
  const told = [...TOLD.filter((k) => k < runs), runs]
  return { ...counts, passAt: told.map((k) => passAt([...groups.values()], k)), flakyRecords }
}

function kindOf({ scored, passed }: RecordRuns): 'stablePass' | 'stableFail' | 'flaky' | 'single' {
  if (scored < 2) return 'single'
  if (passed === scored) return 'stablePass'
  return passed === 0 ? 'stableFail' : 'flaky'
}

function passAt(groups: readonly (RecordRuns & { readonly records: number })[], k: number): PassAt {
  const enough = groups.filter(({ scored }) => scored >= k)
  const records = enough.reduce((sum, group) => sum + group.records, 0)
  if (records === 0) return { k, records }
  const average = (share: (runs: RecordRuns, k: number) => number): number =>
    enough.reduce((sum, group) => sum + group.records * share(group, k), 0) / records
  return { k, records, passAtK: average(passAtK), passHatK: average(passHatK) }
}
