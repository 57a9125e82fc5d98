import { sanitize } from './sanitize.ts'

const MAX_LINE = 64 * 1024

/** Turns chunks of text that end anywhere into whole, safe lines. */
export interface LineBuffer {
  /** The lines that are complete now, each with its line break; often empty. */
  push(chunk: string): string
  /** What is left, with a line break. */
  flush(): string
  /** Whether nothing is left. */
  isEmpty(): boolean
}

export function createLineBuffer(): LineBuffer {
  let rest = ''
  return {
    push(chunk) {
      rest += chunk
      // A line without end is cut, so that it cannot fill the memory.
      const end = rest.length > MAX_LINE ? rest.length : rest.lastIndexOf('\n') + 1
      const lines = rest.slice(0, end)
      rest = rest.slice(end)
      return terminated(sanitize(lines))
    },
    flush() {
      const last = rest
      rest = ''
      return terminated(sanitize(last))
    },
    isEmpty: () => rest === '',
  }
}

function terminated(lines: string): string {
  return lines === '' || lines.endsWith('\n') ? lines : `${lines}\n`
}
