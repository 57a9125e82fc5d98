import process from 'node:process'
import type { TextSink } from '../model/ports.ts'

const HIDE = '\u001b[?25l'
const SHOW = '\u001b[?25h'

/** Hides the cursor. What it returns shows it again, and so does the end of the process. */
export function hideCursor(sink: TextSink): () => void {
  const show = () => {
    process.removeListener('exit', show)
    void sink.write(SHOW)
  }
  process.once('exit', show)
  void sink.write(HIDE)
  return show
}
