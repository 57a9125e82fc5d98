import type { ResumedUnit } from '../../engine/resume-row.ts'
import type { ErrorInfo } from '../../model/errors.ts'
import type { PartialUnit } from './log-state.ts'

/** A unit that is given up: it was under way each time the process ended. */
export function poisonUnit(unit: ResumedUnit, stored: PartialUnit | undefined): ResumedUnit {
  return { ...unit, ...stored, kind: 'failed', error: crashError, ...(stored === undefined ? {} : { stored }) }
}

const crashError: ErrorInfo = {
  code: 'E_TASK_CRASHED',
  name: 'LlmobsExpError',
  message: 'the process ended three times while this row was under way',
  hint: 'llmobs-exp resume --retry-poison tries it once more, alone',
}
