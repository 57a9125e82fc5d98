import type { RunEvent } from '../model/events.ts'
import type { TextSink } from '../model/ports.ts'
import { sanitizeLine } from '../terminal/sanitize.ts'
import { formatSource } from './format/console-source.ts'

const MAX_MESSAGE = 2000

/** What `--debug` prints of an event, with the row it came from; nothing for most. */
function formatDebug(event: RunEvent): string | undefined {
  if (event.type !== 'task-finished' && event.type !== 'evaluation-finished') return undefined
  const what = event.type === 'task-finished' ? 'task' : `evaluator ${event.evaluator}`
  const source = formatSource({ what, key: event.key, iteration: event.iteration })
  if (event.status === 'error' || event.status === 'timeout') {
    const { code, name, message } = event.error
    return line(`${source} ${event.status} ${code}: ${name}: ${message}${tries(event.attempts)}`)
  }
  return event.attempts > 1 ? line(`${source} ok${tries(event.attempts)}`) : undefined
}

export async function printDebug(event: RunEvent, stderr: TextSink): Promise<void> {
  const text = formatDebug(event)
  if (text !== undefined) await stderr.write(text)
}

function tries(attempts: number): string {
  return attempts > 1 ? ` (attempt ${attempts})` : ''
}

function line(text: string): string {
  return `debug ${sanitizeLine(text.slice(0, MAX_MESSAGE))}\n`
}
