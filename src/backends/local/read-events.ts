import { LlmobsExpError } from '../../model/errors.ts'
import type { RunEvent } from '../../model/events.ts'
import { readBlocks } from './read-blocks.ts'
import { decodeLine, lineType } from './read-event.ts'

const LINE_FEED = 0x0a

export interface ReadOptions {
  /** Lines of other types are passed over without being parsed. */
  readonly types?: ReadonlySet<string>
}

/** A line that could not be read, by its number from 1. */
export interface DamagedLine {
  readonly line: number
  /** Whether it is the last line, cut off by the end of the process that wrote it. */
  readonly isTorn: boolean
}

/**
 * The events of a log up to its present end, in batches. Damaged lines are passed over and told of.
 * @throws LlmobsExpError `E_STORE_READ`, or `E_STORE_FORMAT` for the log of a newer version
 */
export async function* readEvents(
  path: string,
  options: ReadOptions = {},
  onDamaged: (damaged: DamagedLine) => void = () => {},
): AsyncGenerator<readonly RunEvent[], void> {
  let line = 0
  for await (const lines of readLines(path)) {
    const events: RunEvent[] = []
    for (const { bytes, isTerminated } of lines) {
      line++
      if (isTerminated && options.types !== undefined && !options.types.has(lineType(bytes))) continue
      const decoded = isTerminated ? decodeLine(bytes) : { status: 'damaged' as const }
      if (decoded.status === 'event') events.push(decoded.event)
      else if (decoded.status === 'damaged') onDamaged({ line, isTorn: !isTerminated })
      else if (decoded.status === 'newer-format') throw newerFormat(path, decoded.format)
    }
    if (events.length > 0) yield events
  }
}

export function newerFormat(path: string, format: number): LlmobsExpError {
  const hint = 'update llmobs-exp to read it'
  return new LlmobsExpError(
    'E_STORE_FORMAT',
    `${path} has format ${format}, which a newer version of this tool wrote`,
    { hint },
  )
}

/** A line without its line feed. */
export interface Line {
  readonly bytes: Buffer
  readonly isTerminated: boolean
}

/** All lines up to the present end of the file, in batches, each valid until the next one is asked for. */
export async function* readLines(path: string): AsyncGenerator<readonly Line[], void> {
  for await (const { bytes, isTerminated } of readBlocks(path)) {
    yield isTerminated ? splitLines(bytes) : [{ bytes, isTerminated }]
  }
}

export function splitLines(bytes: Buffer): Line[] {
  const lines: Line[] = []
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(LINE_FEED, start)
    lines.push({ bytes: bytes.subarray(start, end), isTerminated: true })
    start = end + 1
  }
  return lines
}
