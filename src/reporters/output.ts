import type { TextSink } from '../model/ports.ts'
import { escapeControls } from './json-text.ts'

/** Where a reporter for machines writes. */
export interface Output {
  write(text: string): void | Promise<void>
  /** Resolves when everything is where it belongs. */
  finish(): Promise<void>
}

export function sinkOutput(sink: TextSink): Output {
  return {
    write: (text) => sink.write(sink.isTTY ? escapeControls(text) : text),
    finish: () => sink.flush(),
  }
}
