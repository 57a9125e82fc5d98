import type { TextBlock } from './decode-text.ts'

/** A stretch of a file: what stands there, and the line and column where it begins, both from 1. */
export interface Stretch {
  readonly text: string
  readonly line: number
  readonly column: number
}

/** A place in a file and what can be shown of it. `line` and `column` count from 1. */
export interface Spot {
  readonly line: number
  readonly column?: number
  /** The line, or as much of it as is at hand, and which of its columns that begins with. */
  readonly text: string
  readonly firstColumn?: number
}

/** A value that is to be a record. */
export interface ValueEntry extends Stretch {
  readonly status: 'value'
  readonly value: unknown
}

/** What a format takes for one record: the value that stands there, or why none can be read. */
export type Entry = ValueEntry | { readonly status: 'unreadable'; readonly message: string; readonly spot: Spot }

/** How one kind of file is taken apart. Made anew for each reading. */
export interface Format {
  /** @throws LlmobsExpError `E_DATASET_FILE` where the rest of the file cannot be read */
  parse(blocks: AsyncIterable<TextBlock>): AsyncIterable<readonly Entry[]>
  /** Where a value of an entry stands: `['input', 'ticket']`. */
  locate(entry: ValueEntry, path: readonly PropertyKey[]): Spot
}
