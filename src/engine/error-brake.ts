import type { ErrorInfo } from '../model/errors.ts'
import type { TaskResult } from '../model/events.ts'
import type { StopSwitch } from './stop.ts'

/**
 * Ends an experiment whose tasks fail again and again in the same way: a wrong key should not cost the whole dataset. A class for
 * its price: it is told of every row.
 */
export class ErrorBrake {
  readonly #limit: number
  readonly #stop: StopSwitch
  #count = 0
  #last: ErrorInfo | undefined

  /** @param limit 0: never */
  constructor(limit: number, stop: StopSwitch) {
    this.#limit = limit
    this.#stop = stop
  }

  /** What has come of a task. Those that succeed, or fail in another way, make it count anew. */
  note(task: TaskResult): void {
    if (task.status === 'ok') this.#count = 0
    else {
      this.#count = this.#last !== undefined && areAlike(task.error, this.#last) ? this.#count + 1 : 1
      this.#last = task.error
    }
  }

  /** Called before a task is begun, not when one has failed: where none is left there is nothing to keep back. */
  pull(): void {
    if (this.#limit === 0 || this.#count < this.#limit || this.#last === undefined) return
    this.#stop.stop({ kind: 'brake', error: describe(this.#count, this.#last) })
  }
}

function areAlike(one: ErrorInfo, other: ErrorInfo): boolean {
  return one.message === other.message && one.code === other.code && one.name === other.name
}

function describe(count: number, last: ErrorInfo): ErrorInfo {
  const message = `${count} tasks in a row failed with the same error: ${last.message}`
  const hint = 'correct what they have in common; --max-identical-errors sets how many may, 0 any number'
  return { code: 'E_IDENTICAL_ERRORS', name: 'LlmobsExpError', message, hint, cause: last }
}
