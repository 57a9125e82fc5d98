import { ordinalKey } from '../model/identity.ts'
import { createSeenKeys, type KeyKind } from './seen-keys.ts'

const MAX_REMEMBERED = 10_000

/** Gives each record of a dataset a key that no other has. */
export interface KeyAssigner {
  /** The key of a record with an id: the id. @throws DuplicateKeyError */
  keepId(id: string): string
  /** The key of a record without: what was derived from its input, with an ordinal when it is there already. @throws DuplicateKeyError */
  nextOrdinal(derivedKey: string): string
}

/** A record's key is an earlier record's, and at least one of the two is an id. */
export class DuplicateKeyError extends Error {
  override readonly name = 'DuplicateKeyError'
  readonly key: string
  /** How the later record came by it. */
  readonly kind: KeyKind

  constructor(key: string, kind: KeyKind) {
    super('two records have the same key')
    this.key = key
    this.kind = kind
  }
}

export function createKeyAssigner(): KeyAssigner {
  const seen = createSeenKeys()
  // Only a shortcut: an ordinal that was forgotten is found again among the seen keys.
  const lastOrdinals = new Map<string, number>()

  const addDerived = (key: string): boolean => {
    const before = seen.add(key, 'derived')
    if (before === 'id') throw new DuplicateKeyError(key, 'derived')
    return before === undefined
  }

  const isDerived = (key: string) => seen.kindOf(key) === 'derived'

  return {
    keepId(id) {
      if (seen.add(id, 'id') !== undefined) throw new DuplicateKeyError(id, 'id')
      return id
    },
    nextOrdinal(derivedKey) {
      if (addDerived(derivedKey)) return derivedKey
      const ordinal = (lastOrdinals.get(derivedKey) ?? findLastOrdinal(derivedKey, isDerived)) + 1
      addDerived(ordinalKey(derivedKey, ordinal))
      if (lastOrdinals.size >= MAX_REMEMBERED) lastOrdinals.clear()
      lastOrdinals.set(derivedKey, ordinal)
      return ordinalKey(derivedKey, ordinal)
    },
  }
}

/** Ordinals have no gaps, so the last one is found by doubling and halving. */
function findLastOrdinal(derivedKey: string, isTaken: (key: string) => boolean): number {
  let absent = 1
  while (isTaken(ordinalKey(derivedKey, absent))) absent *= 2
  let present = Math.floor(absent / 2)
  while (absent - present > 1) {
    const middle = Math.floor((present + absent) / 2)
    if (isTaken(ordinalKey(derivedKey, middle))) present = middle
    else absent = middle
  }
  return present
}
