import type { Fault } from './faults.ts'
import { createRandom, type FakeRandom } from './random.ts'
import type { RecordedRequest } from './recorder.ts'
import type { Operation } from './routes.ts'

/** What goes wrong, and with which requests. Conditions add up. */
export interface Rule {
  /** Which requests: those that ask for this, for one of these, or that satisfy this. All by default. */
  readonly on?: Operation | readonly Operation[] | ((request: RecordedRequest) => boolean)
  readonly fault: Fault | readonly Fault[]
  /** Which ones of those, counted from 1. */
  readonly nth?: number | readonly number[]
  /** From which one of those on, counted from 1. */
  readonly from?: number
  /** How often at most. */
  readonly times?: number
  /** How many of those, from 0 to 1, drawn with the backend's seed. */
  readonly probability?: number
  /** Until this settles. */
  readonly until?: Promise<unknown>
  /** While this holds. */
  readonly during?: () => boolean
}

/** A rule at work. */
export interface RuleAtWork {
  /** How many requests it was about. */
  readonly seen: number
  /** How many of those it spoiled. */
  readonly spoiled: number
  /** Ends it. */
  remove(): void
}

/** The rules of a test, in the order in which they were given. */
export class Script {
  readonly #rules = new Set<ActiveRule>()
  readonly #seed: number

  constructor(seed: number) {
    this.#seed = seed
  }

  add(rule: Rule): RuleAtWork {
    const active = new ActiveRule(rule, createRandom(this.#seed + this.#rules.size))
    const remove = (): void => void this.#rules.delete(active)
    this.#rules.add(active)
    rule.until?.then(remove, remove)
    return {
      get seen() {
        return active.seen
      },
      get spoiled() {
        return active.spoiled
      },
      remove,
    }
  }

  clear(): void {
    this.#rules.clear()
  }

  /** What goes wrong before the body is read, which only closing does. */
  beforeReading(request: RecordedRequest): Fault[] {
    return this.#faultsFor(request, (rule) => rule.isEarly)
  }

  /** All else that goes wrong; of two faults of a type the first one counts. */
  afterReading(request: RecordedRequest): Fault[] {
    return this.#faultsFor(request, (rule) => !rule.isEarly)
  }

  #faultsFor(request: RecordedRequest, isWanted: (rule: ActiveRule) => boolean): Fault[] {
    return [...this.#rules].filter(isWanted).flatMap((rule) => rule.faultsFor(request))
  }
}

class ActiveRule {
  seen = 0
  spoiled = 0
  readonly isEarly: boolean
  readonly #rule: Rule
  readonly #faults: readonly Fault[]
  readonly #random: FakeRandom

  constructor(rule: Rule, random: FakeRandom) {
    this.#rule = rule
    this.#random = random
    this.#faults = 'type' in rule.fault ? [rule.fault] : rule.fault
    this.isEarly = this.#faults.some((fault) => fault.type === 'close' && fault.when === 'before-reading')
  }

  faultsFor(request: RecordedRequest): readonly Fault[] {
    if (!isAbout(this.#rule.on, request)) return []
    this.seen++
    if (!this.#isDue()) return []
    this.spoiled++
    return this.#faults
  }

  #isDue(): boolean {
    const { nth, from = 1, times = Number.POSITIVE_INFINITY, probability = 1, during } = this.#rule
    const isDrawn = this.#random.next() < probability
    const isNth = nth === undefined || [nth].flat().includes(this.seen)
    return isDrawn && isNth && this.seen >= from && this.spoiled < times && during?.() !== false
  }
}

function isAbout(on: Rule['on'], request: RecordedRequest): boolean {
  if (on === undefined) return true
  if (typeof on === 'function') return on(request)
  return [on].flat().includes(request.operation)
}
