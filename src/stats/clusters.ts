const PAGE_BITS = 12
const PAGE = 1 << PAGE_BITS

/** What rows of the same record say together. */
export interface ClusterSpread {
  readonly records: number
  readonly rows: number
  readonly mean: number
  /** Of the mean, robust against rows of one record being alike. */
  readonly standardError: number
}

/**
 * Number and sum of one label's values for each record, at 12 bytes a record. Records are numbered densely by the caller; to
 * merge two, both must use the same numbers.
 */
export class Clusters {
  readonly #counts: Uint32Array[] = []
  readonly #sums: Float64Array[] = []
  #rows = 0
  #total = 0

  /** Values added so far. */
  get rows(): number {
    return this.#rows
  }

  /** Their mean; NaN without any. */
  get mean(): number {
    return this.#total / this.#rows
  }

  add(record: number, value: number): void {
    this.#put(record, 1, value)
  }

  merge(other: Clusters): Clusters {
    const both = new Clusters()
    for (const part of [this, other]) part.forEach((record, count, sum) => both.#put(record, count, sum))
    return both
  }

  /**
   * The cluster-robust standard error of the mean, V = G/(G−1) · Σ(sum_g − n_g·mean)² / N²: Liang & Zeger, Biometrika 73 (1986)
   * 13–22, with the small-sample factor of Cameron & Miller, J. Human Resources 50 (2015) 317–372, for a mean alone.
   */
  spread(): ClusterSpread {
    const mean = this.mean
    let records = 0
    let squares = 0
    this.forEach((_record, count, sum) => {
      records++
      squares += (sum - count * mean) ** 2
    })
    const variance = records < 2 ? 0 : ((records / (records - 1)) * squares) / this.#rows ** 2
    const standardError = Number.isNaN(variance) ? Number.POSITIVE_INFINITY : Math.sqrt(variance)
    return { records, rows: this.#rows, mean, standardError }
  }

  /** Records with at least one value, by number. */
  forEach(visit: (record: number, count: number, sum: number) => void): void {
    for (const [page, counts] of this.#counts.entries()) {
      const sums = this.#sums[page]
      for (let slot = 0; slot < PAGE; slot++) {
        const count = counts[slot] ?? 0
        if (count > 0) visit(page * PAGE + slot, count, sums?.[slot] ?? 0)
      }
    }
  }

  #put(record: number, count: number, sum: number): void {
    const page = record >>> PAGE_BITS
    while (this.#counts.length <= page) {
      this.#counts.push(new Uint32Array(PAGE))
      this.#sums.push(new Float64Array(PAGE))
    }
    const counts = this.#counts[page]
    const sums = this.#sums[page]
    if (counts === undefined || sums === undefined) return
    const slot = record & (PAGE - 1)
    counts[slot] = (counts[slot] ?? 0) + count
    sums[slot] = (sums[slot] ?? 0) + sum
    this.#rows += count
    this.#total += sum
  }
}

/**
 * Rows over the design effect (the variance of a rate as it was sampled over that of as many independent rows; L. Kish, "Survey
 * Sampling", 1965), from the number of records up to the number of rows. A rate of 0 or 1, or a single record, has no variance
 * to tell: then it is the number of records.
 */
export function effectiveRows({ records, rows, mean, standardError }: ClusterSpread): number {
  const independent = (mean * (1 - mean)) / (rows - 1)
  if (records < 2 || independent <= 0) return records
  return Math.min(rows, Math.max(records, (rows * independent) / standardError ** 2))
}
