import type { EventBody, RunEvent } from '../model/events.ts'
import type { Clock } from '../model/ports.ts'

/** Events on their way from many rows to one reader. All events of one tick are one batch. */
export interface EventStream {
  /** Takes an event; resolves when the reader has come back for the next batch, that is, when the event has been written. */
  emit(body: EventBody): Promise<void>
  /** No event comes after this. */
  close(): void
  batches(): AsyncGenerator<readonly RunEvent[], void>
}

interface Batch {
  readonly events: RunEvent[]
  readonly written: Promise<void>
  readonly acknowledge: () => void
}

export function createEventStream(clock: Clock, firstSeq: number): EventStream {
  let seq = firstSeq
  let batch = createBatch()
  let wakeReader = (): void => {}
  let isTickOpen = false
  let closed = false

  // One immediate a tick, so that results that arrived together are written together.
  const endTick = (): void => {
    isTickOpen = false
    wakeReader()
  }

  const openTick = (): void => {
    if (isTickOpen) return
    isTickOpen = true
    setImmediate(endTick)
  }

  return {
    emit(body) {
      batch.events.push({ ...body, seq: seq++, at: clock.now() })
      openTick()
      return batch.written
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
        const current = batch
        batch = createBatch()
        yield current.events
        current.acknowledge()
      }
    },
  }
}

function createBatch(): Batch {
  let acknowledge = (): void => {}
  const written = new Promise<void>((resolve) => {
    acknowledge = resolve
  })
  return { events: [], written, acknowledge }
}
