import type { Json } from '../../model/json.ts'
import { toText } from './json-text.ts'

/** Tags that the tool gives, by key; those that are undefined or empty are left out. */
export type AutomaticTags = { readonly [key: string]: string | undefined }

/** `key:value` of each. */
export function formatTags(tags: AutomaticTags): string[] {
  return Object.keys(tags).flatMap((key) => {
    const value = tags[key]
    return value === undefined || value === '' ? [] : [`${key}:${value}`]
  })
}

/**
 * Tags of users, then automatic ones. A user's tag with the key of an automatic one is left out, so that nothing in a dataset can
 * pass for another experiment; one key several times is kept otherwise.
 */
export function mergeTags(given: readonly string[], automatic: AutomaticTags): string[] {
  return [...new Set(given.filter((tag) => !isTaken(tag, automatic))), ...formatTags(automatic)]
}

/** Writes `mergeTags` of tags most of which are the same each time, as JSON. */
export type TagWriter = (given: readonly string[], automatic: AutomaticTags) => Json

/** Of these come `given` first and `automatic` before the other automatic ones, each time. */
export function createTagWriter(given: readonly string[], automatic: AutomaticTags): TagWriter {
  const kept = given.filter((tag) => !isTaken(tag, automatic))
  const first = toTexts(new Set(kept))
  const own = toTexts(formatTags(automatic))
  return (more, otherAutomatic) => {
    const isFree = (tag: string): boolean => !isTaken(tag, automatic) && !isTaken(tag, otherAutomatic)
    // Almost always nothing that the user gives is in the way of what the tool gives.
    const before = kept.every(isFree) ? first : toTexts(new Set(kept.filter(isFree)))
    const between = more.length === 0 ? '' : toTexts(new Set(more.filter((tag) => isFree(tag) && !kept.includes(tag))))
    const all = `${before}${between}${own}${toTexts(formatTags(otherAutomatic))}`
    return `[${all.slice(0, -1)}]`
  }
}

/** Each with a comma after it. */
function toTexts(tags: Iterable<string>): string {
  let texts = ''
  for (const tag of tags) texts += `${toText(tag)},`
  return texts
}

/** Datadog writes keys in small letters, so two that differ in nothing else are one. */
function isTaken(tag: string, automatic: AutomaticTags): boolean {
  const colon = tag.indexOf(':')
  const key = (colon === -1 ? tag : tag.slice(0, colon)).trim().toLowerCase()
  return Object.hasOwn(automatic, key) && automatic[key] !== undefined && automatic[key] !== ''
}
