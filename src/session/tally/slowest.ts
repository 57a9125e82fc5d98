import type { SlowTask } from '../../model/summary.ts'

const MAX_TASKS = 5

/** The tasks that took longest, and no others. */
export class Slowest {
  /** The slowest first. */
  #tasks: readonly SlowTask[] = []

  add(key: string, durationMs: number): void {
    const last = this.#tasks.at(-1)
    const isFull = this.#tasks.length === MAX_TASKS
    if (isFull && last !== undefined && durationMs <= last.durationMs) return
    const others = this.#tasks.filter((task) => task.key !== key)
    this.#tasks = [...others, { key, durationMs }].sort((a, b) => b.durationMs - a.durationMs).slice(0, MAX_TASKS)
  }

  list(): readonly SlowTask[] {
    return this.#tasks
  }
}
