import { quote } from '../model/quote.ts'
import { checkFileOptions, checkNames, optionError, schemaFields } from './check-options.ts'

type Kind = 'one' | 'one or more' | 'more'

/** Which members of a record columns can make, and of how many each. */
const members: { readonly [member: string]: { readonly kind: Kind; readonly isRequired?: boolean } } = {
  id: { kind: 'one' },
  input: { kind: 'one or more', isRequired: true },
  expectedOutput: { kind: 'one or more' },
  metadata: { kind: 'more' },
  tags: { kind: 'one or more' },
}

const wording: { readonly [K in Kind]: string } = {
  one: "a column's name",
  'one or more': "a column's name, or an array of them",
  more: "an array of columns' names",
}

/** @throws LlmobsExpError `E_DEFINITION` */
export function checkCsvOptions(options: unknown, owner: string): void {
  refuseColumnsAsSchemas(options, owner)
  checkFileOptions(options, owner, ['columns', 'delimiter', 'quote', 'header'])
  const given = new Map(Object.entries(Object(options)))
  checkColumns(given.get('columns'), owner)
  const delimiter = given.get('delimiter')
  if (!isDelimiter(delimiter)) {
    throw optionError(
      owner,
      `delimiter: expected one or more characters that are no line break, got ${quote(delimiter)}`,
    )
  }
  const quoteOption = given.get('quote')
  if (!isQuote(quoteOption) || (typeof delimiter === 'string' && delimiter.includes(String(quoteOption ?? '"')))) {
    throw optionError(owner, `quote: expected a character that is in no delimiter, or false, got ${quote(quoteOption)}`)
  }
  const header = given.get('header')
  if (header !== undefined && !isNames(header)) {
    throw optionError(owner, `header: expected an array of columns' names, got ${quote(header)}`)
  }
}

/** The names of columns stand apart from the schemas of what they hold. */
function refuseColumnsAsSchemas(options: unknown, owner: string): void {
  for (const field of schemaFields) {
    const column: unknown = Reflect.get(Object(options), field)
    if (!isMapping(column, 'one or more')) continue
    const hint = `columns: { ${field}: ${JSON.stringify(column)} } says which column it is`
    throw optionError(owner, `${field}: expected a Standard Schema, got ${quote(column)}`, hint)
  }
}

function isDelimiter(value: unknown): boolean {
  return value === undefined || (typeof value === 'string' && value !== '' && !/[\r\n]/.test(value))
}

function isQuote(value: unknown): boolean {
  return value === undefined || value === false || (typeof value === 'string' && /^[^\r\n]$/u.test(value))
}

function checkColumns(columns: unknown, owner: string): void {
  if (columns === undefined) return
  const place = `${owner}: columns`
  if (typeof columns !== 'object' || columns === null || Array.isArray(columns)) {
    const hint = 'columns: { input: … } says which columns make which member; header: […] names the columns'
    throw optionError(place, `expected an object, got ${quote(columns)}`, hint)
  }
  checkNames(Object.keys(columns), Object.keys(members), place)
  for (const [member, { kind, isRequired = false }] of Object.entries(members)) {
    const column: unknown = Reflect.get(columns, member)
    if (column === undefined || isMapping(column, kind) || (column === false && !isRequired)) continue
    const none = isRequired ? '' : ', or false'
    const hint = kind === 'more' && typeof column === 'string' ? `${member}: [${JSON.stringify(column)}]` : undefined
    throw optionError(place, `${member}: expected ${wording[kind]}${none}, got ${quote(column)}`, hint)
  }
}

function isMapping(value: unknown, kind: Kind): boolean {
  if (typeof value === 'string') return value !== '' && kind !== 'more'
  return kind !== 'one' && isNames(value)
}

function isNames(value: unknown): boolean {
  return Array.isArray(value) && value.every((name) => typeof name === 'string' && name !== '')
}
