import { StringDecoder } from 'node:string_decoder'
import type { ConsoleChunk } from '../../model/ports.ts'

type StreamName = ConsoleChunk['stream']

/** A console stream of a thread, as far as it is taken over. */
interface ConsoleStream {
  _write(chunk: unknown, encoding: BufferEncoding, done: () => void): void
}

/**
 * Takes over what is written to the console of this thread. A thread's own streams hand over one write after another, each when
 * the main thread has taken the one before: what is written to both loses its order, and what is written before a loop that does
 * not end, or before memory runs out, is never seen.
 */
export function captureConsole(
  streams: { readonly [S in StreamName]: ConsoleStream },
  told: (stream: StreamName, text: string) => void,
): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const decoder = new StringDecoder('utf8')
    const stream = streams[name]
    stream._write = (chunk, encoding, done) => {
      const text = typeof chunk === 'string' && isUnicode(encoding) ? chunk : decoder.write(toBuffer(chunk, encoding))
      if (text !== '') told(name, text)
      done()
    }
    // Else several chunks that wait would still go the old way.
    Reflect.set(stream, '_writev', null)
  }
}

function isUnicode(encoding: string): boolean {
  return encoding === 'utf8' || encoding === 'utf-8'
}

function toBuffer(chunk: unknown, encoding: BufferEncoding): Buffer {
  if (typeof chunk === 'string') return Buffer.from(chunk, encoding)
  return chunk instanceof Uint8Array ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength) : Buffer.alloc(0)
}
