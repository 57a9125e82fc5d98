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
  readonly rows?: number
  readonly colorLevel?: TextSink['colorLevel']
  /** @default false */
  readonly isPiped?: boolean
  readonly env?: Screen['env']
  /** What writing returns; a promise stands for a stream that takes no more. */
  readonly onWrite?: (text: string) => void | Promise<void>
}

/** A screen that keeps what it is sent. */
export function createFakeScreen(options: FakeScreenOptions = {}): FakeScreen {
  const { isTTY = false, isPiped = false, colorLevel = 0, env = {}, onWrite } = options
  let columns = options.columns ?? (isTTY ? 80 : 0)
  const written: { readonly to: 'stdout' | 'stderr'; readonly text: string }[] = []
  const bottom = createBottom()
  const sink = (to: 'stdout' | 'stderr'): TextSink => ({
    isTTY,
    get columns() {
      return columns
    },
    rows: options.rows ?? (isTTY ? 24 : 0),
    colorLevel,
    write(text) {
      written.push({ to, text })
      return onWrite?.(text)
    },
    async flush() {},
  })
  const stderr = sink('stderr')
  const textOf = (to: string) => written.flatMap((entry) => (entry.to === to ? [entry.text] : [])).join('')
  return {
    stdout: bottom.guard(sink('stdout')),
    stderr: bottom.guard(stderr),
    commands: stderr,
    isPiped,
    env,
    reserve: (region) => ({ terminal: stderr, release: bottom.reserve(region) }),
    restore: bottom.close,
    out: () => textOf('stdout'),
    err: () => textOf('stderr'),
    all: () => written.map(({ text }) => text).join(''),
    resize(to) {
      columns = to
    },
  }
}
