import { LineWriter } from '../../../src/backends/local/line-writer.ts'
import { writeEvent } from '../../../src/backends/local/write-event.ts'
import type { RunEvent } from '../../../src/model/events.ts'

/** An event's line of the log, with its line feed. */
export function eventLine(event: RunEvent): string {
  const line = new LineWriter()
  writeEvent(event, line)
  return line.written.toString()
}
