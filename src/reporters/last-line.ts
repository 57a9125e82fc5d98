import type { Reporter, Screen } from '../model/ports.ts'
import { sanitizeLine } from '../terminal/sanitize.ts'

/** Writes the last line of stderr. A reporter of its own, so that no other reporter's failure can take the line away. */
export function createLastLine(screen: Screen): Reporter {
  return {
    name: 'last-line',
    ownsStdout: false,
    async finish({ lastLine }) {
      if (lastLine !== '') await screen.stderr.write(`${sanitizeLine(lastLine)}\n`)
    },
  }
}
