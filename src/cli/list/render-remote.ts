import type { RemoteExperiment } from '../../backends/datadog/remote-experiments.ts'
import type { TextSink } from '../../model/ports.ts'
import { formatCount, formatNumber } from '../../reporters/format/number.ts'
import { styleOf } from '../../reporters/format/style.ts'
import { escapeControls } from '../../reporters/json-text.ts'
import { sanitizeLine } from '../../terminal/sanitize.ts'
import { padEnd, truncate } from '../../terminal/width.ts'

/** Version of the document's format. */
const FORMAT = 1

export type RemoteLine = RemoteExperiment & { readonly link: string }

export interface RemoteList {
  readonly project: string
  readonly lines: readonly RemoteLine[]
  /** Whether there are more than were asked for. */
  readonly hasMore: boolean
}

const HEAD = ['experiment', 'status', 'made', 'rows', 'errors', 'name'] as const
/** Columns of numbers. */
const RIGHT: ReadonlySet<number> = new Set([3, 4])

/** Two lines for each: what it is, and where to look at it. */
export async function renderRemoteLines({ project, lines }: RemoteList, sink: TextSink): Promise<string[]> {
  const { colors } = await styleOf(sink)
  const place = `project ${sanitizeLine(project)}`
  if (lines.length === 0) return [`no such experiments in ${place}`]
  const table = [HEAD, ...lines.map(cellsOf)]
  const widths = HEAD.map((_, column) => Math.max(...table.map((cells) => cells[column]?.length ?? 0)))
  const [head = '', ...rows] = table.map((cells) => cutToFit(joinCells(cells, widths), sink))
  // Links are not cut, so that they can be clicked.
  const body = rows.flatMap((row, index) => [row, `  ${colors.cyan(sanitizeLine(lines[index]?.link ?? ''))}`])
  return [head, ...body, '', `${formatCount(lines.length, 'experiment')} of ${place}`]
}

function cellsOf(experiment: RemoteLine): readonly string[] {
  const { id, status = '', createdAt, spans, errors, name, runName } = experiment
  const number = (value: number | undefined): string => (value === undefined ? '' : formatNumber(value))
  const cells = [id, status, formatTime(createdAt), number(spans), number(errors), name === '' ? runName : name]
  return cells.map(sanitizeLine)
}

/** To the minute, in UTC. */
function formatTime(text: string): string {
  const time = Date.parse(text)
  return Number.isNaN(time) ? '' : `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')}Z`
}

function joinCells(cells: readonly string[], widths: readonly number[]): string {
  const padded = cells.map((cell, column) => {
    const width = widths[column] ?? 0
    return RIGHT.has(column) ? cell.padStart(width) : padEnd(cell, width)
  })
  return padded.join('  ').trimEnd()
}

function cutToFit(text: string, { columns }: TextSink): string {
  return columns > 0 ? truncate(text, columns) : text
}

/** What is not known is null. */
export function renderRemoteJson({ project, lines, hasMore }: RemoteList): string {
  const experiments = lines.map((one) => ({
    id: one.id,
    name: one.name,
    runName: one.runName,
    status: one.status ?? null,
    error: one.error ?? null,
    createdAt: one.createdAt === '' ? null : one.createdAt,
    runs: one.runs,
    rows: one.spans ?? null,
    errors: one.errors ?? null,
    dataset: { name: one.datasetName ?? null, version: one.datasetVersion ?? null },
    tags: one.tags,
    link: one.link,
  }))
  return `${escapeControls(JSON.stringify({ formatVersion: FORMAT, project, hasMore, experiments }, undefined, 2))}\n`
}
