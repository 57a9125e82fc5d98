import type { ItemTime } from '../../model/backend.ts'
import type { PushEntry } from '../../model/push.ts'

const HOUR = 3_600_000
/** Backends refuse a whole request in which one time lies further back than a day; the margin is for the way there. */
const OLDEST = 23.5 * HOUR
/** From here on it is worth a word that there is not much time left. */
const OLD = 20 * HOUR
/** How much of an experiment gets new times at once, and how much before the first item that needs one. */
const WINDOW = 12 * HOUR
const BEFORE = HOUR
/** The log's times are no finer. */
const MICROSECOND = 0.001

export type Restamp = Omit<Extract<PushEntry, { readonly type: 'restamped' }>, 'type'>

/** The time an item is sent with: its own, unless it was given a new one; then the one it was given last. */
export function timeOf(at: number, restamps: readonly Restamp[]): ItemTime {
  const restamp = restamps.findLast(({ from, to }) => from <= at && at <= to)
  return restamp === undefined ? { at } : { at: at + restamp.offset, original: at }
}

export function isTooOld({ at }: ItemTime, now: number): boolean {
  return now - at > OLDEST
}

export function isOld(at: number, now: number): boolean {
  return now - at > OLD
}

/**
 * New times for an item and for those around it that are too old, in the order and at the distances of the old ones, up to now.
 * Those that are young enough, or were given new times before, keep what they have: they may have been sent.
 */
export function restampAround(at: number, now: number, restamps: readonly Restamp[]): Restamp {
  let from = at - BEFORE
  let to = Math.max(Math.min(from + WINDOW, now - OLDEST), at)
  for (const other of restamps) {
    if (other.to < at) from = Math.min(Math.max(from, other.to + MICROSECOND), at)
    if (other.from > at) to = Math.max(Math.min(to, other.from - MICROSECOND), at)
  }
  return { from, to, offset: Math.floor(now - to) }
}
