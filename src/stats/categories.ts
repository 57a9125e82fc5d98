const MAX_CATEGORIES = 1000
const MAX_CHARACTERS = 1024 * 1024

/** How often each text occurred, most frequent first, and how many values were not kept apart. */
export interface CategoryCounts {
  readonly counts: readonly { readonly value: string; readonly count: number }[]
  readonly otherCount: number
}

/**
 * Counts of texts in bounded memory: the first 1,000 different ones (1,048,576 characters in all) are counted apart, any that
 * comes later counts as other. Merging is exact up to there; beyond, the total stays exact.
 */
export class Categories {
  readonly #counts = new Map<string, number>()
  #characters = 0
  #other = 0

  add(value: string, count = 1): void {
    const known = this.#counts.get(value)
    if (known !== undefined) this.#counts.set(value, known + count)
    else if (this.#hasRoomFor(value)) {
      this.#counts.set(value, count)
      this.#characters += value.length
    } else this.#other += count
  }

  merge(other: Categories): Categories {
    const both = new Categories()
    for (const part of [this, other]) {
      for (const [value, count] of part.#counts) both.add(value, count)
      both.#other += part.#other
    }
    return both
  }

  summarize(): CategoryCounts {
    const counts = Array.from(this.#counts, ([value, count]) => ({ value, count }))
    return { counts: counts.sort((a, b) => b.count - a.count || compare(a.value, b.value)), otherCount: this.#other }
  }

  #hasRoomFor(value: string): boolean {
    return this.#counts.size < MAX_CATEGORIES && this.#characters + value.length <= MAX_CHARACTERS
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
