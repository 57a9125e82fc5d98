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
  const own = formatTags(automatic)
  const taken = new Set(own.map(keyOf))
  return [...new Set(given.filter((tag) => !taken.has(keyOf(tag)))), ...own]
}

/** Datadog writes keys in small letters, so two that differ in nothing else are one. */
function keyOf(tag: string): string {
  const colon = tag.indexOf(':')
  return (colon === -1 ? tag : tag.slice(0, colon)).trim().toLowerCase()
}
