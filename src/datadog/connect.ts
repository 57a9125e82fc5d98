import process from 'node:process'
// The globals may be replaced by user code: test libraries do.
import { clearTimeout, setTimeout } from 'node:timers'
import { createDatadogRemote, type DatadogRemote, type RemoteTools } from '../backends/datadog/remote.ts'
import { requireSettings } from '../backends/datadog/required-settings.ts'
import type { Clock } from '../model/ports.ts'

// Imported when something is asked of Datadog: importing llmobs-exp must cost nothing.

export { toCommandError } from '../backends/datadog/command-error.ts'
export { type Inference, toEvaluatorContext } from '../backends/datadog/remote-evaluator.ts'
export type { RemoteRecord } from '../backends/datadog/remote-records.ts'

const clock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  monotonic: () => performance.now(),
  // Only deadlines of user code make up for it.
  sleptSince: () => 0,
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds)
    return () => clearTimeout(timer)
  },
}

/**
 * Datadog, as the environment of this process says.
 * @param asker what is to be told of where keys are missing
 * @throws LlmobsExpError `E_BACKEND_SETTINGS`
 */
export function connectDatadog(asker: string, tools: Omit<RemoteTools, 'clock'> = {}): DatadogRemote {
  return createDatadogRemote(requireSettings(process.env, asker), { ...tools, clock })
}
