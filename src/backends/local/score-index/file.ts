import { randomUUID } from 'node:crypto'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { checkedLine } from '../checked-line.ts'
import { FILE_MODE } from '../layout.ts'
import { findIntactCrc } from '../read-event.ts'
import { splitLines } from '../read-events.ts'
import {
  type EvaluatorColumn,
  type LabelColumn,
  type LogMark,
  type RecordColumns,
  type RowColumns,
  type RunSummaries,
  SCORE_INDEX_FORMAT,
  type ScoreIndex,
} from './score-index.ts'

const LINE_FEED = 0x0a

/** What a line of the file has beside its checksum. A line with a right checksum is one this tool wrote. */
type IndexLine =
  | {
      readonly type: 'index'
      readonly v: number
      readonly log: LogMark
      readonly isResumed: boolean
      readonly lines: number
    }
  | ({ readonly type: 'records' } & RecordColumns)
  | ({ readonly type: 'rows' } & RowColumns)
  | ({ readonly type: 'evaluator' } & EvaluatorColumn)
  | ({ readonly type: 'label' } & Omit<LabelColumn, 'type'> & { readonly valueType: LabelColumn['type'] })
  | ({ readonly type: 'summaries' } & RunSummaries)

/** Writes the index beside its log. What keeps it from being written is no fault: it is made anew the next time. */
export function writeScoreIndex(path: string, index: ScoreIndex): void {
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    writeFileSync(temporary, linesOf(index).map(toLine).join(''), { mode: FILE_MODE })
    renameSync(temporary, path)
  } catch {
    rmSync(temporary, { force: true })
  }
}

function linesOf({ log, isResumed, records, rows, evaluators, labels, summaries }: ScoreIndex): IndexLine[] {
  const columns: IndexLine[] = [
    { type: 'records', ...records },
    { type: 'rows', ...rows },
    ...evaluators.map((column) => ({ type: 'evaluator' as const, ...column })),
    ...labels.map(({ type: valueType, ...column }) => ({ type: 'label' as const, valueType, ...column })),
    ...summaries.map((run) => ({ type: 'summaries' as const, ...run })),
  ]
  return [{ type: 'index', v: SCORE_INDEX_FORMAT, log, isResumed, lines: columns.length }, ...columns]
}

function toLine(line: IndexLine): string {
  return checkedLine(JSON.stringify(line).slice(0, -1))
}

/** The index that stands in a file, where it is whole and of this version. */
export async function readScoreIndex(path: string): Promise<ScoreIndex | undefined> {
  const bytes = await readFile(path).catch(() => undefined)
  if (bytes === undefined || bytes.at(-1) !== LINE_FEED) return undefined
  const [first, ...others] = splitLines(bytes)
  const head = first === undefined ? undefined : parseLine(first.bytes)
  if (head?.type !== 'index' || head.v !== SCORE_INDEX_FORMAT) return undefined
  const columns = others.map(({ bytes: line }) => parseLine(line))
  return columns.length === head.lines ? assemble(head, columns) : undefined
}

function parseLine(line: Buffer): IndexLine | undefined {
  const crcAt = findIntactCrc(line)
  return crcAt < 0 ? undefined : JSON.parse(`${line.toString('utf8', 0, crcAt)}}`)
}

function assemble(
  { log, isResumed }: Pick<ScoreIndex, 'log' | 'isResumed'>,
  lines: readonly (IndexLine | undefined)[],
): ScoreIndex | undefined {
  let records: RecordColumns | undefined
  let rows: RowColumns | undefined
  const evaluators: EvaluatorColumn[] = []
  const labels: LabelColumn[] = []
  const summaries: RunSummaries[] = []
  for (const line of lines) {
    switch (line?.type) {
      case 'records':
        records = line
        break
      case 'rows':
        rows = line
        break
      case 'evaluator':
        evaluators.push(line)
        break
      case 'label':
        labels.push({ ...line, type: line.valueType })
        break
      case 'summaries':
        summaries.push(line)
        break
      default:
        return undefined
    }
  }
  if (records === undefined || rows === undefined) return undefined
  return { log, isResumed, records, rows, evaluators, labels, summaries }
}
