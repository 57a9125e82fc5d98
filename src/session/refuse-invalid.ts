import type { SourceProblem } from '../model/dataset.ts'
import { LlmobsExpError } from '../model/errors.ts'
import type { DatasetCheck } from '../model/executor.ts'

export interface RefuseOptions {
  /** Whose records they are, for messages. */
  readonly name: string
  /** Whether invalid records are left out. @default false */
  readonly skipInvalid?: boolean
  /** Whether somebody could ask for that. */
  readonly hasSkip: boolean
}

/**
 * Refuses a dataset that has no records, or some that are none.
 * @throws LlmobsExpError `E_DATASET_EMPTY` or `E_DATASET_RECORD`
 */
export function refuseInvalid(check: DatasetCheck, { name, skipInvalid = false, hasSkip }: RefuseOptions): void {
  if (check.records === 0 && check.invalidCount === 0) {
    throw new LlmobsExpError('E_DATASET_EMPTY', `${name}: the dataset has no records`)
  }
  if (skipInvalid || check.invalidCount === 0) return
  const [first, ...more] = check.invalid
  if (first === undefined) return
  const others = more.map((problem) => `\n  ${describe(problem)}`).join('')
  const correct = `correct ${check.invalidCount === 1 ? 'it' : `all ${check.invalidCount}`}`
  const hint = hasSkip ? `${correct}, or leave invalid records out with --skip-invalid` : correct
  throw new LlmobsExpError('E_DATASET_RECORD', first.message, {
    hint: others === '' ? hint : `${hint}; also:${others}`,
    ...(first.file === undefined ? {} : { location: locationOf(first, first.file) }),
    ...(first.codeFrame === undefined ? {} : { codeFrame: first.codeFrame }),
  })
}

function locationOf({ line, column }: SourceProblem, file: string) {
  return { file, ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) }
}

function describe({ file, line, column, message }: SourceProblem): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':')
  return place === '' ? message : `${place}: ${message}`
}
