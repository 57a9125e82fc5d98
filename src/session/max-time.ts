import { showDuration } from '../config/option-values.ts'
import type { StopSwitch } from '../engine/stop.ts'
import type { Clock } from '../model/ports.ts'

/** Ends a command when its time is over. Returns what takes the limit away. */
export function limitTime(
  maxTime: number | undefined,
  { clock, stop }: { readonly clock: Clock; readonly stop: StopSwitch },
): () => void {
  if (maxTime === undefined) return () => {}
  return clock.after(maxTime, () => {
    const message = `the time of --max-time is over: ${showDuration(maxTime)}`
    stop.stop({ kind: 'brake', error: { code: 'E_MAX_TIME', name: 'LlmobsExpError', message } })
  })
}
