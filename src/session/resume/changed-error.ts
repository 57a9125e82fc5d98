import { LlmobsExpError } from '../../model/errors.ts'
import { quoteText } from '../../model/quote.ts'
import type { ExaminedRecords, NamedCount } from './examine-records.ts'

const ALLOW = '--allow-changed runs the records that are new or have changed, and keeps the results of the others'
const KEYS_NAMED = 3

/**
 * How a dataset that was examined differs from what it was; undefined where it does not.
 * @param unread how many records are known not to have been read before; undefined where that is not known
 */
export function describeDifferences(
  { changed, added, gone }: Pick<ExaminedRecords, 'changed' | 'added' | 'gone'>,
  unread: number | undefined,
): string | undefined {
  const more = unread === undefined ? 0 : added.count - unread
  const parts = [
    describeCount({ count: changed.size, keys: [...changed].slice(0, KEYS_NAMED) }, 'changed'),
    describeCount({ count: Math.max(more, 0), keys: unread === 0 ? added.keys : [] }, 'new'),
    describeCount({ count: gone.count + Math.max(-more, 0), keys: gone.keys }, 'gone'),
  ].filter((part) => part !== '')
  return parts.length === 0 ? undefined : parts.join(', ')
}

/** @param differences of {@link describeDifferences} */
export function changedDataset(name: string, dataset: string, differences: string): LlmobsExpError {
  const message = `${name}: ${dataset}: expected the records that it was begun with, got ${differences}`
  return new LlmobsExpError('E_RESUME_CHANGED', message, { hint: ALLOW })
}

/** One that was found while a dataset was read that can be read but once. */
export function changedRecord(name: string, key: string): LlmobsExpError {
  const message = `${name}: record ${quoteText(key)}: expected it as it was when it was first read, got another`
  return new LlmobsExpError('E_RESUME_CHANGED', message, { hint: ALLOW })
}

export function goneRecords(name: string, count: number): LlmobsExpError {
  const records = count === 1 ? 'one record' : `${count} records`
  const message = `${name}: expected the dataset to have the records that it was begun with, got its end without ${records} of them`
  return new LlmobsExpError('E_RESUME_CHANGED', message, { hint: ALLOW })
}

function describeCount({ count, keys }: NamedCount, what: string): string {
  if (count === 0) return ''
  if (keys.length === 0) return `${count} ${what}`
  const more = count > keys.length ? ', …' : ''
  return `${count} ${what} (${keys.map(quoteText).join(', ')}${more})`
}
