import type { Screen, TextSink } from '../../src/model/ports.ts'
import { createBottom } from '../../src/terminal/bottom.ts'

export interface FakeScreen extends Screen {
  /** What was written to stdout. */
  out(): string
  /** What was written to stderr. */
  err(): string
  /** Both, in the order in which they were written: what a terminal was sent. */
  all(): string
  resize(columns: number): void
}

export interface FakeScreenOptions {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly colorLevel?: TextSink['colorLevel']
  readonly env?: Screen['env']
  /** What writing returns; a promise stands for a stream that takes no more. */
  readonly onWrite?: (text: string) => void | Promise<void>
}

/** A screen that keeps what it is sent. */
export function createFakeScreen(options: FakeScreenOptions = {}): FakeScreen {
  const { isTTY = false, colorLevel = 0, env = {}, onWrite } = options
  let columns = options.columns ?? (isTTY ? 80 : 0)
  const written: { readonly to: 'stdout' | 'stderr'; readonly text: string }[] = []
  const bottom = createBottom()
  const sink = (to: 'stdout' | 'stderr'): TextSink => ({
    isTTY,
    get columns() {
      return columns
    },
    colorLevel,
    write(text) {
      const write = () => {
        written.push({ to, text })
        return onWrite?.(text)
      }
      return isTTY ? bottom.around(write) : write()
    },
    async flush() {},
  })
  const textOf = (to: string) => written.flatMap((entry) => (entry.to === to ? [entry.text] : [])).join('')
  return {
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    env,
    reserve: bottom.reserve,
    out: () => textOf('stdout'),
    err: () => textOf('stderr'),
    all: () => written.map(({ text }) => text).join(''),
    resize(to) {
      columns = to
    },
  }
}
