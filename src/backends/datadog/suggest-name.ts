import { BackendError } from '../../model/backend.ts'
import { quote } from '../../model/quote.ts'
import { suggest } from '../../model/suggest.ts'
import type { Client } from './client.ts'

/** A name that is not there. */
export interface MissingName {
  readonly name: string
  /** Among what there may be another one that was meant. */
  readonly others?: AsyncIterable<string>
}

const MAX_NAMES = 10_000

/** What is near a name that is not there; undefined where that cannot be found out either. */
export async function suggestName(
  client: Client,
  { others, name }: MissingName,
  signal: AbortSignal,
): Promise<string | undefined> {
  const names: string[] = []
  try {
    for await (const other of others ?? []) if (names.push(client.safeText(other)) === MAX_NAMES) break
  } catch (error) {
    if (!(error instanceof BackendError) || signal.aborted) throw error
  }
  return suggest(name, names)
}

export function didYouMean(near: string | undefined): { readonly hint?: string } {
  return near === undefined ? {} : { hint: `did you mean ${quote(near)}?` }
}
