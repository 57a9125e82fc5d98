import type { CsvLayout, Picked } from './csv-layout.ts'
import type { Row } from './csv-rows.ts'

interface CsvRecord {
  id?: string
  input?: unknown
  expectedOutput?: unknown
  metadata?: unknown
  tags?: readonly string[]
}

const tagSeparator = /[,;]/

/** Makes a record of a row. What is empty is left out. */
export function toRecord(row: Row, { input, expectedOutput, metadata, id, tags }: CsvLayout): CsvRecord {
  const record: CsvRecord = {}
  set(record, 'id', id?.kind === 'one' ? textOf(row, id.column) : undefined)
  set(record, 'input', pickValue(row, input))
  set(record, 'expectedOutput', pickValue(row, expectedOutput))
  if (metadata !== undefined) record.metadata = pickValue(row, metadata) ?? {}
  set(record, 'tags', tagsOf(row, tags))
  return record
}

function set<K extends keyof CsvRecord>(record: CsvRecord, key: K, value: CsvRecord[K] | undefined): void {
  if (value !== undefined) record[key] = value
}

function textOf(row: Row, column: number): string | undefined {
  const text = row[column]
  return text === '' ? undefined : text
}

function pickValue(row: Row, picked: Picked | undefined): string | object | undefined {
  if (picked === undefined) return undefined
  if (picked.kind === 'one') return textOf(row, picked.column)
  const texts: [string, string][] = []
  for (let index = 0; index < picked.columns.length; index++) {
    const text = textOf(row, picked.columns[index] ?? -1)
    if (text !== undefined) texts.push([picked.names[index] ?? '', text])
  }
  // Makes own properties of all names, `__proto__` included.
  return texts.length === 0 ? undefined : Object.fromEntries(texts)
}

function tagsOf(row: Row, picked: Picked | undefined): readonly string[] | undefined {
  if (picked === undefined) return undefined
  const tags = picked.kind === 'one' ? listedTags(textOf(row, picked.column)) : namedTags(row, picked)
  return tags.length === 0 ? undefined : tags
}

function listedTags(text = ''): string[] {
  return text
    .split(tagSeparator)
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '')
}

function namedTags(row: Row, { columns, names }: Extract<Picked, { readonly kind: 'several' }>): string[] {
  return columns.flatMap((column, index) => {
    const text = textOf(row, column)
    return text === undefined ? [] : [`${names[index]}:${text}`]
  })
}
