/** Registered, so that a value made by another copy of this package is recognised too. It goes along where the object is spread. */
const managedMark: unique symbol = Symbol.for('llmobs-exp.managed')

/** Marks an evaluator that is kept at a backend, or an evaluation that was made by one. It does not show in lists of keys and in JSON. */
export function markManaged<T extends object>(value: T): T {
  return Object.assign(value, { [managedMark]: true })
}

export function isManaged(value: object): boolean {
  return Reflect.get(value, managedMark) === true
}

/** Why an evaluator that is kept at a backend found nothing, as the backend told. */
export interface ManagedFailure {
  /** `WARN` is its word for what may be otherwise the next time. */
  readonly severity: 'ERROR' | 'WARN'
  /** What it said, word for word: plain data. */
  readonly error: unknown
}
