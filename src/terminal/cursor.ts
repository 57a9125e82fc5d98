import process from 'node:process'
import type { TextSink } from '../model/ports.ts'

/** Hides the cursor. What it returns shows it again. */
export function hideCursor(sink: TextSink): () => void {
  void sink.write('\u001b[?25l')
  return () => void sink.write('\u001b[?25h')
}

/** Calls back when the process ends, however that comes about, unless what it returns is called before. */
export function atExit(callback: () => void): () => void {
  process.once('exit', callback)
  return () => void process.removeListener('exit', callback)
}
