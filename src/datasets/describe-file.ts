import { makeVisible } from '../model/quote.ts'

/** A file that a source reads: named as the user wrote it. */
export interface SourceFile {
  /** `jsonl ./triage.jsonl` */
  readonly description: string
  readonly path: string | URL
}

export function describeFile(kind: string, path: string | URL): string {
  return makeVisible(`${kind} ${path instanceof URL ? nameOf(path) : path}`)
}

function nameOf(url: URL): string {
  const name = url.pathname.slice(url.pathname.lastIndexOf('/') + 1)
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
