/** A record that is run and reported, and counts for no threshold and no error allowance. */
export interface QuarantinedRecord {
  /** Its id, or its key where it has none. */
  readonly record: string
  readonly reason: string
  /** The last day, `2026-12-31` (UTC); absent: until it is taken out of the file. */
  readonly until?: string
}

/** One line of the quarantine file. */
export interface QuarantineEntry extends QuarantinedRecord {
  /** A definition's name, for all of its variants, or `definition/variant`. */
  readonly experiment: string
}
