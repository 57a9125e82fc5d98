import type { SlowTask } from '../../model/summary.ts'

const MAX_TASKS = 5

/** The tasks that took longest, and no others; the same ones in whatever order they come. */
export class Slowest {
  /** The slowest first. */
  #tasks: readonly SlowTask[] = []

  add(key: string, durationMs: number): void {
    const task = { key, durationMs }
    const last = this.#tasks.at(-1)
    const isSlowEnough = this.#tasks.length < MAX_TASKS || last === undefined || bySlowness(task, last) < 0
    if (!isSlowEnough && !this.#tasks.some((known) => known.key === key)) return
    const others = this.#tasks.filter((known) => known.key !== key)
    this.#tasks = [...others, task].sort(bySlowness).slice(0, MAX_TASKS)
  }

  list(): readonly SlowTask[] {
    return this.#tasks
  }
}

function bySlowness(a: SlowTask, b: SlowTask): number {
  return b.durationMs - a.durationMs || (a.key < b.key ? -1 : 1)
}
