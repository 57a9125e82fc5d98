const BASE = '/api/v2/llm-obs/v1'

export type Query = { readonly [name: string]: string | number | readonly string[] | undefined }

/** A path of the API, its parts and its query encoded; what is undefined in the query is left out. */
export function apiPath(parts: readonly string[], query: Query = {}): string {
  return underBase(BASE, parts, query)
}

/** The same under another version of the API. */
export function underBase(base: string, parts: readonly string[], query: Query = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue
    for (const one of typeof value === 'object' ? value : [value]) search.append(name, String(one))
  }
  const path = [base, ...parts.map((part) => encodeURIComponent(part))].join('/')
  return search.size === 0 ? path : `${path}?${search}`
}
