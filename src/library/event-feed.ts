import { existsSync } from 'node:fs'
import { createLineTail } from '../backends/local/line-tail.ts'
import { decodeLine } from '../backends/local/read-event.ts'
import type { RunEvent } from '../model/events.ts'

/** Events of a run for whoever iterates them, read back from the log: a slow reader costs no memory, and none comes too late. */
export interface EventFeed {
  /** Something has been written to this log. */
  written(eventsFile: string): void
  /** Nothing will be written any more. */
  ended(): void
  /** All events from the first on. */
  events(): AsyncGenerator<RunEvent, void>
}

export function createEventFeed(): EventFeed {
  const files: string[] = []
  let news = 0
  let isEnded = false
  let waiting: (() => void)[] = []
  const wake = (): void => {
    news++
    for (const resolve of waiting) resolve()
    waiting = []
  }
  const newsAfter = (seen: number): Promise<void> | undefined =>
    seen !== news || isEnded ? undefined : new Promise((resolve) => waiting.push(resolve))

  async function* follow(file: string): AsyncGenerator<RunEvent, void> {
    const tail = createLineTail(file)
    try {
      for (;;) {
        // Asked before it is read: what comes meanwhile is read the next time.
        const seen = news
        const isComplete = isEnded || file !== files.at(-1)
        for (let lines = await tail.next(); lines !== undefined; lines = await tail.next()) {
          for (const { bytes } of lines.lines) {
            const decoded = decodeLine(bytes)
            if (decoded.status === 'event') yield decoded.event
          }
        }
        if (isComplete) return
        await newsAfter(seen)
      }
    } finally {
      await tail.close()
    }
  }

  return {
    written(eventsFile) {
      if (files.at(-1) !== eventsFile) files.push(eventsFile)
      wake()
    },
    ended() {
      isEnded = true
      wake()
    },
    async *events() {
      for (let index = 0; ; ) {
        const seen = news
        const isComplete = isEnded
        const file = files[index]
        if (file !== undefined) {
          index++
          // An experiment of which no task was started leaves the store.
          if (existsSync(file)) yield* follow(file)
        } else if (isComplete) return
        else await newsAfter(seen)
      }
    },
  }
}
