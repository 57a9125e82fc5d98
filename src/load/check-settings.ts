import { openSource } from '../model/dataset.ts'
import { toJson } from '../model/json.ts'
import { isObject, isPlainObject, type UnknownRecord } from './plain-object.ts'
import { type Problems, propertyPath } from './problems.ts'

const MAX_TIMEOUT = 2 ** 31 - 1

const ranges: readonly {
  readonly key: string
  readonly min: number
  readonly max: number
  readonly unit?: string
  readonly word?: string
}[] = [
  { key: 'runs', min: 1, max: 10_000 },
  { key: 'jobs', min: 1, max: 10_000 },
  { key: 'threads', min: 1, max: 64, word: 'auto' },
  { key: 'timeout', min: 1, max: MAX_TIMEOUT, unit: ' of milliseconds' },
  { key: 'evalTimeout', min: 1, max: MAX_TIMEOUT, unit: ' of milliseconds' },
  { key: 'maxRetries', min: 0, max: 100 },
]

// Control, formatting and separating characters: a name stands in lists, files and terminals.
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/u

/** Checks everything about a definition that is plain data. */
export function checkSettings(definition: UnknownRecord, problems: Problems): void {
  checkText(definition, 'name', problems)
  if (definition.project !== undefined) checkText(definition, 'project', problems)
  const description = definition.description
  if (description !== undefined && typeof description !== 'string')
    problems.expected('description', 'a string', description)
  checkConfig('config', definition.config, problems)
  checkTags(definition.tags, problems)
  for (const range of ranges) checkRange(definition[range.key], range, problems)
}

function checkText(definition: UnknownRecord, key: string, problems: Problems): void {
  const value = definition[key]
  if (typeof value !== 'string' || value.trim() === '') problems.expected(key, 'a string that is not empty', value)
  else if (unprintable.test(value)) problems.expected(key, 'a string without control characters', value)
}

/** Also used for the config of a variant. */
export function checkConfig(path: string, config: unknown, problems: Problems): void {
  if (config === undefined) return
  if (!isPlainObject(config)) {
    problems.expected(path, 'a plain object', config)
    return
  }
  try {
    toJson(config)
  } catch (error) {
    problems.add({ path, message: error instanceof Error ? error.message : 'expected something that JSON can keep' })
  }
}

function checkTags(tags: unknown, problems: Problems): void {
  if (tags === undefined) return
  if (!isPlainObject(tags)) {
    problems.expected('tags', "an object of strings, such as { team: 'support' }", tags)
    return
  }
  for (const [key, value] of Object.entries(tags)) {
    const path = propertyPath('tags', key)
    if (key === '' || unprintable.test(key))
      problems.add({ path, message: 'expected a key that is not empty and has no control characters' })
    if (typeof value !== 'string') problems.expected(path, 'a string', value)
  }
}

function checkRange(value: unknown, range: (typeof ranges)[number], problems: Problems): void {
  const { key, min, max, unit = '', word } = range
  if (value === undefined || (word !== undefined && value === word)) return
  const isInRange = typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
  const otherwise = word === undefined ? '' : `, or '${word}'`
  if (!isInRange) problems.expected(key, `a whole number${unit} from ${min} to ${max}${otherwise}`, value)
}

/** The records themselves are checked when they are read. */
export function checkDataset(definition: UnknownRecord, problems: Problems): void {
  const dataset = definition.dataset
  if (Array.isArray(dataset) || (isObject(dataset) && isReadable(dataset))) return
  problems.expected(
    'dataset',
    'an array, a source such as jsonl(), or an iterable of records',
    dataset,
    datasetHint(dataset),
  )
}

function isReadable(dataset: object): boolean {
  return [openSource, Symbol.asyncIterator, Symbol.iterator].some((key) => {
    const member: unknown = Reflect.get(dataset, key)
    return typeof member === 'function' || isObject(member)
  })
}

function datasetHint(dataset: unknown): string | undefined {
  if (typeof dataset === 'function') return 'call it: dataset: records()'
  if (dataset instanceof Promise) return 'await it: dataset: await records()'
  if (typeof dataset === 'string') return `did you mean ${sourceOf(dataset)}(${JSON.stringify(dataset)})?`
  return undefined
}

function sourceOf(path: string): string {
  if (/\.[ct]sv(?:\.gz)?$/i.test(path)) return 'csv'
  return /\.json(?:\.gz)?$/i.test(path) ? 'json' : 'jsonl'
}
