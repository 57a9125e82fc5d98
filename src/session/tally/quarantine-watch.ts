import type { QuarantinedRecord } from '../../model/quarantine.ts'

/** Which records are in quarantine, and which of these there are. */
export class QuarantineWatch {
  readonly #records: ReadonlySet<string>
  readonly #unmet: Set<string>

  constructor(records: readonly QuarantinedRecord[] = []) {
    this.#records = new Set(records.map(({ record }) => record))
    this.#unmet = new Set(this.#records)
  }

  has(key: string): boolean {
    return this.#records.size > 0 && this.#records.has(key)
  }

  meet(key: string): void {
    if (this.#unmet.size > 0) this.#unmet.delete(key)
  }

  unmet(): readonly string[] {
    return [...this.#unmet]
  }
}
