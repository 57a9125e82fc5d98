import type { RunEvent } from '../model/events.ts'
import type { TextSink } from '../model/ports.ts'
import { sanitizeLine } from '../terminal/sanitize.ts'

const MAX_MESSAGE = 2000

/** What `--debug` prints of an event, with the row it came from; nothing for most. */
function formatDebug(event: RunEvent): string | undefined {
  if (event.type !== 'task-finished' && event.type !== 'evaluation-finished') return undefined
  const what = event.type === 'task-finished' ? 'task' : `evaluator ${event.evaluator}`
  const row = `record ${event.key}, run ${event.iteration}`
  if (event.status === 'error' || event.status === 'timeout') {
    const { code, name, message } = event.error
    return line(`${row}: ${what}: ${event.status} ${code}: ${name}: ${message}${tries(event.attempts)}`)
  }
  return event.attempts > 1 ? line(`${row}: ${what}: ok${tries(event.attempts)}`) : undefined
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
