import { nextTick } from 'node:process'
import type { EventBody, RunEvent } from '../model/events.ts'
import type { Clock } from '../model/ports.ts'

/** Events on their way from many rows to one reader. All events of one tick are one batch. */
export interface EventStream {
  /** Takes an event. `afterWrite` is called when the reader has come back for the next batch: the event has been written. */
  emit(body: EventBody, afterWrite?: () => void): void
  /** No event comes after this. */
  close(): void
  batches(): AsyncGenerator<readonly RunEvent[], void>
}

interface Batch {
  readonly events: RunEvent[]
  readonly afterWrite: (() => void)[]
}

export function createEventStream(clock: Clock, firstSeq: number): EventStream {
  let seq = firstSeq
  let batch: Batch = { events: [], afterWrite: [] }
  let wakeReader = (): void => {}
  let isTickOpen = false
  let isRoundOpen = false
  let closed = false

  const endTick = (): void => {
    isTickOpen = false
    wakeReader()
  }
  // After the promises of this tick, so that results that arrived together are written together.
  const openTick = (): void => {
    if (isTickOpen) return
    isTickOpen = true
    nextTick(endTick)
  }
  const endRound = (): void => {
    isRoundOpen = false
    wakeReader()
  }
  // What nobody waits for may wait for what comes in the same round of the event loop: half as many writes.
  const openRound = (): void => {
    if (isRoundOpen || isTickOpen) return
    isRoundOpen = true
    setImmediate(endRound)
  }

  return {
    emit(body, afterWrite) {
      // Assigned, not spread: for bodies of many shapes that is five times as fast.
      batch.events.push(Object.assign(body, { seq: seq++, at: clock.now() }))
      if (afterWrite === undefined) openRound()
      else {
        batch.afterWrite.push(afterWrite)
        openTick()
      }
    },
    close() {
      closed = true
      openTick()
    },
    async *batches() {
      for (;;) {
        if (batch.events.length === 0) {
          if (closed) return
          await new Promise<void>((resolve) => {
            wakeReader = resolve
          })
          continue
        }
        const { events, afterWrite } = batch
        batch = { events: [], afterWrite: [] }
        yield events
        for (const callback of afterWrite) callback()
      }
    },
  }
}
