import type { ErrorInfo } from '../../model/errors.ts'
import type { ErrorGroup } from '../../model/summary.ts'

const MAX_GROUPS = 100

type Counted = { -readonly [K in keyof ErrorGroup]: ErrorGroup[K] }

/** Characters of a message that tell it from others. */
const MAX_MESSAGE = 500
/** Words with a digit in them (ids, counts, times), but for what may be a status code. */
const VARYING = /(?<![\p{L}\p{N}_])(?![1-5]\d\d(?![\p{L}\p{N}_]))[\p{L}_-]*\d(?:[\p{L}\p{N}_-]|[.,:](?=\d))*/gu

/** Errors grouped by where they were thrown and by message, ids and counts in it aside: the first 100 different ones. */
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
    const likeness = group.error.message.slice(0, MAX_MESSAGE).replace(VARYING, '#')
    const known = groups.get(likeness)
    if (known !== undefined) known.count++
    else if (this.#size < MAX_GROUPS) {
      this.#size++
      groups.set(likeness, group)
    }
  }
}
