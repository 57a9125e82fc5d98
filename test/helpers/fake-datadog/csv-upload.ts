import { parse } from 'csv-parse/sync'
import { type Answer, badRequest, jsonAnswer } from './answers.ts'
import { findDataset, renderVersion } from './datasets.ts'
import { type Json, parseJson } from './json.ts'
import { changeRecords, type RecordInsert } from './records-change.ts'
import { newestOf } from './state.ts'
import type { Call, World } from './world.ts'

/** Takes the records of a CSV file in a form. */
export function uploadRecords(world: World, call: Call): Answer {
  const dataset = findDataset(world, call)
  const inserts = readCsv(readFile(call)).map(readRow)
  const deduplicate = (call.query.get('deduplicate') ?? 'true').toLowerCase() === 'true'
  changeRecords(world, dataset, { inserts, updates: [], deletes: [], deduplicate, createNewVersion: true })
  const changed = findDataset(world, call)
  return jsonAnswer(200, { data: renderVersion(world, dataset.id, newestOf(changed)) })
}

/** The content of the form's part with the name `file`, or a refusal. */
function readFile({ contentType, text }: Call): string {
  const boundary = /^multipart\/form-data;.*\bboundary=(?:"([^"]+)"|([^;\s]+))/.exec(contentType)
  if (boundary === null) throw badRequest('request Content-Type is not multipart/form-data')
  const delimiter = `--${boundary[1] ?? boundary[2]}`
  const [preamble, ...parts] = text.split(delimiter)
  const closing = parts.pop()
  if (preamble !== '' || closing === undefined || !closing.startsWith('--')) throw badRequest('malformed form')
  for (const part of parts) {
    const [head = '', ...content] = part.split('\r\n\r\n')
    if (/content-disposition: form-data;.*\bname="file"/i.test(head)) return content.join('\r\n\r\n')
  }
  throw badRequest('no such file')
}

function readCsv(text: string): readonly { readonly [column: string]: string }[] {
  try {
    return parse(text, { columns: true, skip_empty_lines: true })
  } catch {
    throw badRequest('malformed CSV')
  }
}

/** Cells are JSON texts, but for the id. */
function readRow(row: { readonly [column: string]: string }): RecordInsert {
  const cell = (name: string): Json => (row[name] === undefined || row[name] === '' ? null : readCell(row[name]))
  if (row.input === undefined) throw badRequest('input is required')
  const content = {
    input: cell('input'),
    expectedOutput: cell('expected_output'),
    metadata: cell('metadata'),
    tags: [],
  }
  return { id: row.id === undefined || row.id === '' ? undefined : row.id, content }
}

function readCell(text: string): Json {
  const value = parseJson(text)
  if (value === undefined) throw badRequest(`invalid JSON in a cell: ${text.slice(0, 40)}`)
  return value
}
