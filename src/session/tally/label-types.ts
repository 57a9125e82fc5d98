import type { MetricType } from '../../model/evaluation.ts'
import type { Problem } from '../../model/events.ts'

/** Which types the values under each label had, over all runs; warns once when it is more than one. */
export class LabelTypes {
  readonly #types = new Map<string, Set<MetricType>>()
  #problems: Problem[] = []

  add(label: string, type: MetricType): void {
    const types = this.#types.get(label) ?? new Set()
    this.#types.set(label, types)
    if (types.has(type)) return
    types.add(type)
    if (types.size === 2) this.#problems.push(mixedTypes(label, [...types].join(' and ')))
  }

  isMixed(label: string): boolean {
    return (this.#types.get(label)?.size ?? 0) > 1
  }

  /** The warnings since it was last asked. */
  take(): readonly Problem[] {
    const problems = this.#problems
    this.#problems = []
    return problems
  }
}

function mixedTypes(label: string, types: string): Problem {
  const message = `${label}: expected values of one type, got ${types}; they are counted for each type and have no mean`
  return { type: 'problem', severity: 'warning', code: 'W_MIXED_TYPES', message }
}
