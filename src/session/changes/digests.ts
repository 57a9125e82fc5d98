import { hash } from 'node:crypto'
import { isFailing, type Row, unitName, type Verdict, verdictsOf } from '../../model/row.ts'

/** As much of a row as tells whether it has changed. */
export interface RowDigest {
  /** Of its record in the dataset, for order only. */
  readonly position: number
  readonly isFailing: boolean
  /** The same for rows whose evaluations say the same about passing. */
  readonly verdicts: Verdicts
  /** A hash over its record and what the task came to. */
  readonly content: string
}

export type Verdicts = ReadonlyMap<string, Verdict>

/** Digests by `unitName`. */
export type RowDigests = ReadonlyMap<string, RowDigest>

export async function digestRows(rows: AsyncIterable<Row>): Promise<RowDigests> {
  const digests = new Map<string, RowDigest>()
  const intern = createInterner()
  for await (const row of rows) {
    // What the end of the experiment took away has come to nothing.
    if (row.status === 'cancelled') continue
    digests.set(unitName(row), {
      position: row.position,
      isFailing: isFailing(row),
      verdicts: intern(verdictsOf(row)),
      content: contentOf(row),
    })
  }
  return digests
}

function contentOf({ record, task, status }: Row): string {
  const came = task === undefined ? '' : task.status === 'ok' ? task.output : task.error.message
  return hash('sha256', `${record.contentHash}\n${status}\n${came}`, 'base64').slice(0, 16)
}

/** Few sets of verdicts are shared by many rows: each is kept once. */
function createInterner(): (verdicts: Verdicts) => Verdicts {
  const known = new Map<string, Verdicts>()
  return (verdicts) => {
    const text = JSON.stringify([...verdicts].sort())
    const same = known.get(text)
    if (same !== undefined) return same
    known.set(text, verdicts)
    return verdicts
  }
}
