import type { RowFollower } from '../../model/push.ts'
import type { Row } from '../../model/row.ts'

/** The rows of one run that have not been passed on yet. */
export class RunRows {
  readonly #follower: RowFollower
  /** A row that was read and not passed on. */
  #held: Row | undefined

  constructor(follower: RowFollower) {
    this.#follower = follower
  }

  /** Passes rows on, up to the first that `isDue` is false for; the next call goes on with that one. */
  async *take(isDue: (row: Row) => boolean): AsyncGenerator<Row, void> {
    for (;;) {
      this.#held ??= await this.#follower.next()
      if (this.#held === undefined || !isDue(this.#held)) return
      const row = this.#held
      this.#held = undefined
      yield row
    }
  }

  close(): Promise<void> {
    return this.#follower.close()
  }
}
