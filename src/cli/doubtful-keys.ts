import { originOf } from '../config/resolve.ts'
import type { Problem } from '../model/events.ts'
import type { PlannedExperiment } from '../session/plan-experiment.ts'

/** Keys of `--config` that may be misspelt, once each, however many experiments they are for. */
export function describeDoubtfulKeys(planned: readonly PlannedExperiment[]): Problem[] {
  const messages = planned.flatMap(({ options }) =>
    options.doubtfulKeys.map(({ key, near }) => {
      const origin = originOf(options, 'config')
      return `${origin}: ${JSON.stringify(key)} is new in the config; did you mean ${JSON.stringify(near)}?`
    }),
  )
  return [...new Set(messages)].map((message) => ({
    type: 'problem',
    severity: 'warning',
    code: 'W_CONFIG_KEY',
    message,
  }))
}
