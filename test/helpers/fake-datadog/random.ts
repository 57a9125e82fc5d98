/** What a backend may do as it likes, and does in the same way for the same seed. */
export interface FakeRandom {
  /** From 0 to below 1. */
  next(): number
  uuid(): string
  /** Has the next ids be these. */
  foretell(...ids: readonly string[]): void
  /** Puts what has no order of its own into one, which is the same every time it is asked. */
  rank(...parts: readonly string[]): number
}

export function createRandom(seed: number): FakeRandom {
  const next = mulberry(seed)
  const foretold: string[] = []
  return {
    next,
    foretell: (...ids) => void foretold.push(...ids),
    uuid() {
      const known = foretold.shift()
      if (known !== undefined) return known
      const hex = Array.from({ length: 32 }, () => Math.floor(next() * 16).toString(16)).join('')
      const variant = '89ab'[Math.floor(next() * 4)]
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
    },
    rank(...parts) {
      let hash = seed ^ 0x811c9dc5
      for (const character of parts.join('\0')) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
      return mulberry(hash)()
    },
  }
}

/** Mulberry32. */
function mulberry(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
