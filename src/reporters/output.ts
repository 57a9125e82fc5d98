import type { TextSink } from '../model/ports.ts'
import { escapeControls } from './json-text.ts'

/** Where a reporter for machines writes. */
export interface Output {
  write(text: string): void | Promise<void>
  /** Resolves when everything is where it belongs. */
  finish(): Promise<void>
  /** Leaves nothing of it behind, as far as that can be: it will not be complete. */
  discard(): Promise<void>
}

/** @param forTerminal makes a document's text safe where it is a person who looks at it */
export function sinkOutput(sink: TextSink, forTerminal = escapeControls): Output {
  return {
    write: (text) => sink.write(sink.isTTY ? forTerminal(text) : text),
    finish: () => sink.flush(),
    async discard() {},
  }
}
