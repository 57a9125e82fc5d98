import { SeqRanges } from '../../backends/batching/seq-ranges.ts'
import { openPushLog } from '../../backends/local/push-log.ts'
import type { Clock } from '../../model/ports.ts'

/**
 * Tells whether an event of a log has reached a backend; undefined where nothing of it has.
 * @throws LlmobsExpError `E_STORE_READ` or `E_STORE_FORMAT`
 */
export async function readPushedRows(
  path: string,
  clock: Pick<Clock, 'now'>,
): Promise<((seq: number) => boolean) | undefined> {
  const accepted = new SeqRanges()
  for await (const entry of openPushLog(path, clock).entries()) {
    if (entry.type === 'accepted') for (const range of entry.ranges) accepted.add(range)
  }
  return accepted.size === 0 ? undefined : (seq) => accepted.has(seq)
}
