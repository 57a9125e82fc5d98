import type { Problem } from '../../model/events.ts'
import { quoteText } from '../../model/quote.ts'
import { unitOf } from '../../model/row.ts'

export interface ResumeFindings {
  readonly name: string
  readonly isTorn: boolean
  readonly damagedLines: number
  readonly isModuleChanged: boolean
  /** What has changed and is gone on with, a line each. */
  readonly changes: readonly string[]
  /** Units that are given up, by `unitName`. */
  readonly poison: readonly string[]
}

/** What people should know before an experiment goes on. */
export function problemsOf(findings: ResumeFindings): Problem[] {
  const { name, isTorn, damagedLines, isModuleChanged, changes, poison } = findings
  const problems: Problem[] = changes.map((change) => warning('W_CHANGE_ALLOWED', `${name}: ${change}`))
  if (isModuleChanged) {
    problems.push(
      warning('W_MODULE_CHANGED', `${name}: the module has changed; results of before are kept as they are`),
    )
  }
  if (isTorn) {
    const message = 'the last line of the log was cut off by the end of the process that wrote it; it is cut away'
    problems.push(warning('W_TORN_LINE', `${message}, and what stood there is run again`))
  }
  if (damagedLines > 0) {
    const lines = damagedLines === 1 ? 'one line' : `${damagedLines} lines`
    problems.push(warning('W_DAMAGED_LINE', `${lines} of the log cannot be read; what stood there is run again`))
  }
  return [...problems, ...poison.map(givenUp)]
}

function warning(code: Problem['code'], message: string): Problem {
  return { type: 'problem', severity: 'warning', code, message }
}

function givenUp(unit: string): Problem {
  const { key, iteration } = unitOf(unit)
  const message = `record ${quoteText(key)}, run ${iteration}: the process ended three times while it was under way; it is not tried again without --retry-poison`
  return { type: 'problem', severity: 'error', code: 'E_TASK_CRASHED', message, key }
}
