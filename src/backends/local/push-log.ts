import { closeSync, fstatSync, fsyncSync, readSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Clock } from '../../model/ports.ts'
import type { PushEntry, PushLog } from '../../model/push.ts'
import { checkedLine } from './checked-line.ts'
import { FILE_MODE } from './layout.ts'
import { createLineTail } from './line-tail.ts'
import { syncFolder } from './manifest.ts'
import { openAtOnce } from './open-file.ts'
import { findIntactCrc } from './read-event.ts'
import { newerFormat } from './read-events.ts'
import { errnoOf, readError, writeError } from './store-error.ts'

/** Version of the push log's format. A reader refuses a higher one. */
const PUSH_FORMAT = 1
const LINE_FEED = 0x0a

const knownTypes: ReadonlySet<string> = new Set([
  'opened',
  'accepted',
  'rejected',
  'record-rejected',
  'restamped',
  'closed',
])

/** `push.jsonl` of one experiment. It comes to be with its first entry. */
export function openPushLog(path: string, clock: Pick<Clock, 'now'>): PushLog {
  let fd: number | undefined
  return {
    entries: () => readEntries(path),
    append(entry, { isDurable } = { isDurable: false }) {
      try {
        fd ??= openForAppending(path)
        const text = JSON.stringify({ v: PUSH_FORMAT, at: clock.now(), ...entry })
        writeAll(fd, Buffer.from(checkedLine(text.slice(0, -1))))
        if (isDurable) {
          fsyncSync(fd)
          // The file may have come to be just now.
          syncFolder(dirname(path))
        }
      } catch (error) {
        throw writeError(path, error)
      }
    },
    close() {
      if (fd !== undefined) closeSync(fd)
      fd = undefined
    },
  }
}

/** Damaged lines are passed over: what they said was accepted is sent again. */
async function* readEntries(path: string): AsyncGenerator<PushEntry, void> {
  const tail = createLineTail(path)
  try {
    for (let more = await tail.next(); more !== undefined; more = await tail.next()) {
      for (const { bytes } of more.lines) {
        if (findIntactCrc(bytes) < 0) continue
        const { v, at: _at, crc: _crc, ...entry } = JSON.parse(bytes.toString('utf8'))
        if (v > PUSH_FORMAT) throw newerFormat(path, v)
        if (knownTypes.has(entry.type)) yield entry
      }
    }
  } catch (error) {
    if (errnoOf(error instanceof Error ? error.cause : error) !== 'ENOENT') throw readError(path, error)
  } finally {
    await tail.close()
  }
}

/** A line that was cut off by the end of the process that wrote it is ended, so that the next one is whole. */
function openForAppending(path: string): number {
  const fd = openAtOnce(path, 'a+', FILE_MODE)
  const { size } = fstatSync(fd)
  const last = Buffer.alloc(1)
  if (size > 0) readSync(fd, last, 0, 1, size - 1)
  if (size > 0 && last[0] !== LINE_FEED) writeAll(fd, Buffer.of(LINE_FEED))
  return fd
}

/** A write can stop short, at a signal or a full disk: the rest follows, or says why it cannot. */
function writeAll(fd: number, bytes: Uint8Array): void {
  for (let position = 0; position < bytes.length; ) position += writeSync(fd, bytes, position)
}
