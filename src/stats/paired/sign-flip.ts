import { RandomBits } from '../random.ts'
import { latticeOf, latticePValue } from './lattice.ts'

/** Random sign changes where not all can be tried: the p-value 0.05 then has a standard error of 0.0022. */
const FLIPS = 9_999
/** All 65,536 sign changes of so many differences are tried. */
const MOST_ENUMERATED = 16
const BYTE = 256
/** Sums in another order differ in their last digits and are equal all the same. */
const TIE = 1e-12

/**
 * The two-sided p-value of the paired permutation test: how often the mean difference is at least as far from 0 when the two
 * sides of each pair change places at random, which is to flip signs. R. A. Fisher, "The Design of Experiments" (1935) §21;
 * SciPy's `permutation_test` with `permutation_type='samples'`. Exact where the differences are few or multiples of one step;
 * else of 9,999 random changes, (hits + 1) / (changes + 1): Phipson & Smyth, Statistical Applications in Genetics and Molecular
 * Biology 9 (2010) 39. Of differences −1, 0 and 1 it is McNemar's exact test.
 */
export function signFlipPValue(differences: Float64Array, seed: number): number {
  const changed = differences.filter((difference) => difference !== 0)
  if (changed.length === 0) return 1
  const lattice = latticeOf(changed)
  if (lattice !== undefined) return latticePValue(lattice)
  const sums = byteSums(changed)
  const total = changed.reduce((sum, difference) => sum + difference, 0)
  const tie = TIE * changed.reduce((sum, difference) => sum + Math.abs(difference), 0)
  const isHit = (kept: number): boolean => Math.abs(2 * kept - total) >= Math.abs(total) - tie
  if (changed.length <= MOST_ENUMERATED) return enumerate(sums, changed.length, isHit)
  return (flipAtRandom(sums, seed, isHit) + 1) / (FLIPS + 1)
}

/** For each eight differences the sums of all their subsets, so that eight signs are flipped with one addition. */
function byteSums(differences: Float64Array): Float64Array {
  const sums = new Float64Array(Math.ceil(differences.length / 8) * BYTE)
  for (const [index, difference] of differences.entries()) {
    const start = (index >>> 3) * BYTE
    const bit = 1 << (index & 7)
    for (let subset = 0; subset < bit; subset++) sums[start + bit + subset] = (sums[start + subset] ?? 0) + difference
  }
  // The last table may be of fewer than eight: what is beyond repeats what is there.
  fillUp(sums, differences.length)
  return sums
}

function fillUp(sums: Float64Array, length: number): void {
  const used = length & 7
  if (used === 0) return
  const start = sums.length - BYTE
  for (let subset = 1 << used; subset < BYTE; subset++) {
    sums[start + subset] = sums[start + (subset & ((1 << used) - 1))] ?? 0
  }
}

function enumerate(sums: Float64Array, length: number, isHit: (kept: number) => boolean): number {
  const all = 1 << length
  let hits = 0
  for (let subset = 0; subset < all; subset++) {
    const high = length > 8 ? (sums[BYTE + (subset >>> 8)] ?? 0) : 0
    if (isHit((sums[subset & 255] ?? 0) + high)) hits++
  }
  return hits / all
}

function flipAtRandom(sums: Float64Array, seed: number, isHit: (kept: number) => boolean): number {
  const random = new RandomBits(seed)
  const words = new Uint32Array(Math.ceil(sums.length / BYTE / 4))
  let hits = 0
  for (let flip = 0; flip < FLIPS; flip++) {
    random.fill(words)
    let kept = 0
    for (let group = 0; group * BYTE < sums.length; group++) {
      const signs = ((words[group >>> 2] ?? 0) >>> ((group & 3) * 8)) & 255
      kept += sums[group * BYTE + signs] ?? 0
    }
    if (isHit(kept)) hits++
  }
  return hits
}
