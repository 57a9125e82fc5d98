import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Comparison } from '../../model/comparison.ts'
import { checkedLine } from './checked-line.ts'
import { FILE_MODE } from './layout.ts'
import { findIntactCrc } from './read-event.ts'

/** Version of the file's format. One of another version counts as none. */
const FORMAT = 1

/** Keeps how an experiment did beside its baseline, for `show`. What keeps it from being written is no fault of the experiment. */
export function writeComparison(path: string, comparison: Comparison): void {
  try {
    const text = JSON.stringify({ v: FORMAT, comparison })
    writeFileSync(path, checkedLine(text.slice(0, -1)), { mode: FILE_MODE })
  } catch {
    // It can be made again with `compare`.
  }
}

/** Undefined where none was kept, or it is damaged. */
export function readComparison(path: string): Comparison | undefined {
  if (!existsSync(path)) return undefined
  try {
    const line = readFileSync(path).subarray(0, -1)
    const crcAt = findIntactCrc(line)
    if (crcAt < 0) return undefined
    const { v, comparison } = JSON.parse(`${line.toString('utf8', 0, crcAt)}}`)
    return v === FORMAT ? comparison : undefined
  } catch {
    return undefined
  }
}
