import { type DatasetSource, openSource } from '../model/dataset.ts'
import { LlmobsExpError } from '../model/errors.ts'
import type { DatasetInfo } from '../model/ports.ts'
import { quote } from '../model/quote.ts'
import { arraySource, asyncIterableSource, iterableSource } from './inline.ts'

/** A dataset that can be read, with what is known of it beforehand. */
export interface OpenDataset {
  readonly info: DatasetInfo
  readonly source: DatasetSource
}

/**
 * Makes one kind of thing of all that `dataset` may be: an array, a source such as `jsonl()`, or an iterable.
 *
 * @throws LlmobsExpError `E_DEFINITION` for anything else
 */
export function openDataset(dataset: unknown): OpenDataset {
  if (Array.isArray(dataset)) return describe('array', arraySource(dataset), dataset.length)
  if (typeof dataset === 'object' && dataset !== null) {
    const source: unknown = Reflect.get(dataset, openSource)
    if (isSource(source)) return describe(source.checkedFirst ? 'source' : 'iterable', source)
    if (isAsyncIterable(dataset)) return describe('iterable', asyncIterableSource(dataset))
    if (isIterable(dataset)) return describe('iterable', iterableSource(dataset))
  }
  const hint = typeof dataset === 'function' ? { hint: 'call it: dataset: records()' } : {}
  throw new LlmobsExpError(
    'E_DEFINITION',
    `dataset: expected an array, a source such as jsonl(), or an iterable of records, got ${quote(dataset)}`,
    hint,
  )
}

function describe(kind: DatasetInfo['kind'], source: DatasetSource, length?: number): OpenDataset {
  const { description } = source
  return { info: length === undefined ? { description, kind } : { description, kind, length }, source }
}

function isSource(value: unknown): value is DatasetSource {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'read') === 'function'
}

function isAsyncIterable(value: object): value is AsyncIterable<unknown> {
  return typeof Reflect.get(value, Symbol.asyncIterator) === 'function'
}

function isIterable(value: object): value is Iterable<unknown> {
  return typeof Reflect.get(value, Symbol.iterator) === 'function'
}
