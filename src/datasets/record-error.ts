import type { SourceProblem } from '../model/dataset.ts'
import { LlmobsExpError, type SourceLocation } from '../model/errors.ts'

/** The problem of an invalid item as an error to throw: `triage.jsonl:57:12: expected …, got …`. */
export function recordError(problem: SourceProblem): LlmobsExpError {
  const { message, file, line, column, codeFrame } = problem
  const place = [file, line, column].filter((part) => part !== undefined).join(':')
  return new LlmobsExpError('E_DATASET_RECORD', place === '' ? message : `${place}: ${message}`, {
    ...locate(problem),
    ...(codeFrame === undefined ? {} : { codeFrame }),
  })
}

function locate({ file, line, column }: SourceProblem): { readonly location?: SourceLocation } {
  if (file === undefined) return {}
  return { location: { file, ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) } }
}
