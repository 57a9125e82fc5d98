import type { NamedSummaryResult, RunEvent } from '../../../model/events.ts'
import { readBlocks } from '../read-blocks.ts'
import { type DecodedLine, decodeLine, lineType } from '../read-event.ts'
import { newerFormat } from '../read-events.ts'
import { findRedone, mentionsResumed, type Redone } from '../redone.ts'
import { RowAssembly } from '../row-assembly.ts'
import { Columns } from './columns.ts'
import { decodeEssence, textBlock } from './essence.ts'
import type { LogMark, ScoreIndex } from './score-index.ts'

const indexedTypes: ReadonlySet<string> = new Set([
  'record',
  'task-finished',
  'evaluation-finished',
  'row-finished',
  'run-finished',
])

/**
 * Reads a log, and keeps what comparing takes of it. Damaged lines are passed over, as everywhere.
 * @throws LlmobsExpError `E_STORE_READ` or `E_STORE_FORMAT`
 */
export async function buildScoreIndex(eventsFile: string, log: LogMark): Promise<ScoreIndex> {
  const plain = new IndexBuilder(undefined)
  // Of the few logs that were resumed it has to be known beforehand what does not count any more.
  if (await readInto(plain, eventsFile, mentionsResumed)) return plain.finish(log)
  const builder = new IndexBuilder(await findRedone(eventsFile))
  await readInto(builder, eventsFile, () => false)
  return builder.finish(log)
}

/** Returns whether it came to the end; else it met lines at which it is to stop. */
async function readInto(
  builder: IndexBuilder,
  eventsFile: string,
  stopsAt: (lines: Buffer) => boolean,
): Promise<boolean> {
  let offset = 0
  for await (const { bytes, isTerminated } of readBlocks(eventsFile)) {
    if (!isTerminated) break
    if (stopsAt(bytes)) return false
    const block = textBlock(bytes)
    for (let start = 0; start < bytes.length; ) {
      const end = block.text.indexOf('\n', start)
      const decoded = decodeEssence(block, start, end) ?? decodeWhole(bytes.subarray(start, end))
      if (decoded.status === 'newer-format') throw newerFormat(eventsFile, decoded.format)
      if (decoded.status === 'event') builder.take(decoded.event, offset + start, offset + end + 1)
      start = end + 1
    }
    offset += bytes.length
  }
  return true
}

function decodeWhole(line: Buffer): DecodedLine {
  return indexedTypes.has(lineType(line)) ? decodeLine(line) : { status: 'unknown-type' }
}

class IndexBuilder {
  readonly #redone: Redone | undefined
  readonly #assembly: RowAssembly
  readonly #columns = new Columns()
  readonly #summaries = new Map<number, readonly NamedSummaryResult[]>()

  constructor(redone: Redone | undefined) {
    this.#redone = redone
    this.#assembly = new RowAssembly({}, redone)
  }

  take(event: RunEvent, start: number, end: number): void {
    if (this.#redone?.isVoid(event) === true) return
    switch (event.type) {
      case 'record':
        return this.#columns.addRecord(event, start)
      case 'run-finished':
        this.#summaries.set(event.iteration, event.summaries)
        return
      case 'task-finished':
      case 'evaluation-finished':
      case 'row-finished': {
        const row = this.#assembly.take(event, start)
        if (row !== undefined && row.end.status !== 'cancelled') this.#columns.addRow(row, end)
      }
    }
  }

  finish(log: LogMark): ScoreIndex {
    const summaries = [...this.#summaries].sort(([a], [b]) => a - b)
    return {
      log,
      isResumed: this.#redone !== undefined,
      ...this.#columns.finish(),
      summaries: summaries.map(([iteration, results]) => ({ iteration, results })),
    }
  }
}
