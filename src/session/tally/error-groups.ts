import type { ErrorInfo } from '../../model/errors.ts'
import type { ErrorGroup } from '../../model/summary.ts'

const MAX_GROUPS = 100

type Counted = { -readonly [K in keyof ErrorGroup]: ErrorGroup[K] }

/** Errors grouped by where they were thrown and by message: the first 100 different ones. */
export class ErrorGroups {
  readonly #ofTask = new Map<string, Counted>()
  readonly #ofEvaluators = new Map<string, Map<string, Counted>>()
  #size = 0

  addTask(error: ErrorInfo, key: string): void {
    this.#add(this.#ofTask, { where: 'task', error, count: 1, exampleKey: key })
  }

  addEvaluator(evaluator: string, error: ErrorInfo, key: string): void {
    let groups = this.#ofEvaluators.get(evaluator)
    if (groups === undefined) {
      groups = new Map()
      this.#ofEvaluators.set(evaluator, groups)
    }
    this.#add(groups, { where: { evaluator }, error, count: 1, exampleKey: key })
  }

  /** Most frequent first. */
  list(): ErrorGroup[] {
    const groups = [this.#ofTask, ...this.#ofEvaluators.values()].flatMap((map) => [...map.values()])
    return groups.map((group) => ({ ...group })).sort((a, b) => b.count - a.count)
  }

  #add(groups: Map<string, Counted>, group: Counted): void {
    const known = groups.get(group.error.message)
    if (known !== undefined) known.count++
    else if (this.#size < MAX_GROUPS) {
      this.#size++
      groups.set(group.error.message, group)
    }
  }
}
