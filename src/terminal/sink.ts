import type { Writable } from 'node:stream'
import { LlmobsExpError } from '../model/errors.ts'
import type { TextSink } from '../model/ports.ts'

/** What a stream of a process may have beside being writable. */
export interface TerminalStream extends Writable {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}

export interface SinkOptions {
  /** For messages: `stdout`. */
  readonly name: string
  readonly colorLevel: TextSink['colorLevel']
  /** Takes out of everything what must not be printed. */
  readonly mask?: ((text: string) => string) | undefined
}

const READER_GONE = new Set([
  'EPIPE',
  'EIO',
  'EBADF',
  'ECONNRESET',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
])

type State =
  | { readonly status: 'open' }
  | { readonly status: 'muted' }
  | { readonly status: 'failed'; readonly error: Error }

/**
 * A stream as a sink. Once it has failed it stays silent; a failure other than a reader that has gone away, such as a full disk,
 * is thrown by `flush`.
 */
export function createSink(stream: TerminalStream, { name, colorLevel, mask }: SinkOptions): TextSink {
  let state: State = { status: 'open' }
  let waiting: (() => void)[] = []
  const wake = () => {
    const woken = waiting
    waiting = []
    for (const resolve of woken) resolve()
  }
  const end = (last: State) => {
    if (state.status === 'open') state = last
    wake()
  }
  stream.on('error', (error) => end(isReaderGone(error) ? { status: 'muted' } : { status: 'failed', error }))
  stream.on('close', () => end({ status: 'muted' }))
  stream.on('drain', wake)

  const isTTY = stream.isTTY === true
  return {
    isTTY,
    get columns() {
      return isTTY ? (stream.columns ?? 0) : 0
    },
    get rows() {
      return isTTY ? (stream.rows ?? 0) : 0
    },
    colorLevel,
    write(text) {
      if (state.status !== 'open' || text === '' || stream.write(mask === undefined ? text : mask(text))) return
      return new Promise((resolve) => waiting.push(resolve))
    },
    async flush() {
      if (state.status === 'open') await new Promise<void>((resolve) => stream.write('', () => resolve()))
      if (state.status !== 'failed') return
      throw new LlmobsExpError('E_REPORTER', `cannot write to ${name}: ${state.error.message}`, { cause: state.error })
    },
  }
}

function isReaderGone(error: Error): boolean {
  const code: unknown = Reflect.get(error, 'code')
  return typeof code === 'string' && READER_GONE.has(code)
}
