import type { Problem } from '../model/events.ts'
import type { QuarantinedRecord, QuarantineEntry } from '../model/quarantine.ts'
import { quoteText } from '../model/quote.ts'

/** What a quarantine file says of one experiment. */
export interface Quarantine {
  readonly records: readonly QuarantinedRecord[]
  /** Those whose last day is over: they count again. */
  readonly ended: readonly QuarantinedRecord[]
}

/** @param now epoch milliseconds */
export function quarantineOf(entries: readonly QuarantineEntry[], name: string, now: number): Quarantine {
  const today = new Date(now).toISOString().slice(0, 10)
  const own = entries.filter(({ experiment }) => name === experiment || name.startsWith(`${experiment}/`))
  const isEnded = ({ until }: QuarantinedRecord): boolean => until !== undefined && until < today
  const records = new Map(own.filter((entry) => !isEnded(entry)).map((entry) => [entry.record, withoutName(entry)]))
  return { records: [...records.values()], ended: own.filter((entry) => isEnded(entry) && !records.has(entry.record)) }
}

function withoutName({ experiment: _experiment, ...record }: QuarantineEntry): QuarantinedRecord {
  return record
}

export function describeEnded(name: string, ended: Quarantine['ended']): Problem[] {
  return ended.map(({ record, until, reason }) => ({
    type: 'problem',
    severity: 'warning',
    code: 'W_QUARANTINE',
    message: `${name}: the quarantine of ${quoteText(record)} (${reason}) ended with ${until}: it counts again`,
  }))
}

/** Records in quarantine that the dataset does not have. */
export function describeUnmet(records: readonly string[]): Problem[] {
  return records.map((record) => ({
    type: 'problem',
    severity: 'warning',
    code: 'W_QUARANTINE',
    message: `no record has the id or key ${quoteText(record)}, which is in quarantine`,
  }))
}
