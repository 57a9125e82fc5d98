import { type Json, stringifyJson } from '../../model/json.ts'

/** An object of names that need no escape, whose members are JSON texts already; those that are undefined are left out. */
export function joinObject(members: { readonly [name: string]: Json | undefined }): Json {
  let text = ''
  for (const name of Object.keys(members)) {
    const value = members[name]
    if (value !== undefined) text += `${text === '' ? '' : ','}"${name}":${value}`
  }
  return `{${text}}`
}

export function joinArray(items: readonly Json[]): Json {
  return `[${items.join(',')}]`
}

/** Text, a number, or a list of texts, as JSON. A lone surrogate is escaped, so that the result is well formed. */
export function toText(value: string | number | boolean | readonly string[]): Json {
  return stringifyJson(value)
}

/** `{"data":{"type":…,"attributes":{…}}}`, which is how Datadog is told everything. */
export function envelope(type: string, attributes: { readonly [name: string]: Json | undefined }, id?: string): Json {
  const data = {
    type: toText(type),
    ...(id === undefined ? {} : { id: toText(id) }),
    attributes: joinObject(attributes),
  }
  return joinObject({ data: joinObject(data) })
}

/** Metadata as Datadog takes it, which is an object; undefined where there is none to tell. */
export function toMetadata(json: Json | undefined): Json | undefined {
  if (json === undefined || json === 'null' || json === '{}') return undefined
  return json.startsWith('{') ? json : joinObject({ value: json })
}
