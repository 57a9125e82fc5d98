import type { RowChangeKind } from '../../model/changes.ts'
import type { RowDigest, RowDigests, Verdicts } from './digests.ts'

/** How often a label said something else about the same row. */
export interface Flips {
  fixed: number
  broken: number
}

export interface ComparedRows {
  readonly counts: { readonly [K in RowChangeKind | 'same']: number }
  /** Names of the first units of each kind, in the order of the dataset. */
  readonly units: { readonly [K in RowChangeKind]: readonly string[] }
  readonly flips: ReadonlyMap<string, Flips>
}

interface Found {
  readonly name: string
  readonly position: number
}

/**
 * Compares the rows of two experiments unit by unit. Every unit of either is counted once.
 *
 * @param limit how many units of each kind are named
 */
export function compareRows(before: RowDigests, after: RowDigests, limit: number): ComparedRows {
  const found: { readonly [K in RowChangeKind | 'same']: Found[] } = {
    broken: [],
    fixed: [],
    changed: [],
    same: [],
    new: [],
    removed: [],
  }
  const flips = new Map<string, Flips>()
  for (const [name, digest] of after) {
    const old = before.get(name)
    const kind = old === undefined ? 'new' : kindOf(old, digest)
    found[kind].push({ name, position: digest.position })
    if (old !== undefined) countFlips(old.verdicts, digest.verdicts, flips)
  }
  for (const [name, { position }] of before) if (!after.has(name)) found.removed.push({ name, position })
  return {
    counts: mapValues(found, (units) => units.length),
    units: mapValues(found, (units) => first(units, limit)),
    flips,
  }
}

function kindOf(before: RowDigest, after: RowDigest): RowChangeKind | 'same' {
  if (before.isFailing !== after.isFailing) return after.isFailing ? 'broken' : 'fixed'
  return before.content === after.content && areEqual(before.verdicts, after.verdicts) ? 'same' : 'changed'
}

function areEqual(before: Verdicts, after: Verdicts): boolean {
  return before.size === after.size && [...before].every(([label, verdict]) => after.get(label) === verdict)
}

function countFlips(before: Verdicts, after: Verdicts, flips: Map<string, Flips>): void {
  for (const [label, verdict] of after) {
    const old = before.get(label)
    if (old === undefined || (old === 'pass') === (verdict === 'pass')) continue
    const count = flips.get(label) ?? { fixed: 0, broken: 0 }
    flips.set(label, count)
    if (verdict === 'pass') count.fixed++
    else count.broken++
  }
}

function first(units: Found[], limit: number): readonly string[] {
  return units
    .sort((a, b) => a.position - b.position)
    .slice(0, limit)
    .map(({ name }) => name)
}

function mapValues<T, R>(
  { broken, fixed, changed, same, new: added, removed }: { readonly [K in RowChangeKind | 'same']: T },
  map: (value: T) => R,
): { readonly [K in RowChangeKind | 'same']: R } {
  return {
    broken: map(broken),
    fixed: map(fixed),
    changed: map(changed),
    same: map(same),
    new: map(added),
    removed: map(removed),
  }
}
