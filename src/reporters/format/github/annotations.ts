import { relative, resolve } from 'node:path'
import type { SourceLocation } from '../../../model/errors.ts'
import type { ExperimentOutcome } from '../../../model/ports.ts'
import type { ErrorGroup } from '../../../model/summary.ts'
import type { DocumentInput } from '../../document.ts'
import { formatCount, formatNumber } from '../number.ts'
import { outcomeReasons } from '../outcome.ts'
import { renderReproduce } from '../reproduce.ts'
import type { Annotation } from './workflow-command.ts'

/** GitHub shows so many errors and so many warnings of a step, and drops the others. */
const MAX_OF_A_LEVEL = 10

/** What is annotated: why experiments did not pass, their errors at the lines that threw them, broken records, what is not delivered. */
export function annotate({ outcome, views }: DocumentInput, workspace: string): Annotation[] {
  const { experiments } = outcome
  const errors = [
    ...experiments.flatMap((experiment) => verdictOf(experiment, workspace)),
    ...experiments.flatMap((experiment) => {
      const runs = views.get(experiment.info.experimentId)?.summary().runs ?? []
      const groups = runs.flatMap((run) => run.errors)
      return groups.map((group) => errorOf(experiment, group, workspace))
    }),
  ]
  return [...limit(errors), ...limit(experiments.flatMap((experiment) => warningsOf(experiment, workspace)))]
}

function verdictOf({ info, outcome }: ExperimentOutcome, workspace: string): Annotation[] {
  if (outcome.status === 'passed') return []
  const message = outcomeReasons(outcome).join('\n')
  return [
    { level: 'error', title: `${info.name} ${outcome.status}`, message, ...placeOf({ file: info.file }, workspace) },
  ]
}

function errorOf({ info }: ExperimentOutcome, group: ErrorGroup, workspace: string): Annotation {
  const { where, error, count, exampleKey } = group
  const place = where === 'task' ? 'task' : `evaluator ${where.evaluator}`
  const again = info.pulled === undefined ? [renderReproduce(info, exampleKey)] : []
  return {
    level: 'error',
    title: `${info.name}: ${formatCount(count, 'error')} in ${place}`,
    message: [`${error.name}: ${error.message} (${error.code})`, ...again].join('\n'),
    ...placeOf(error.location ?? { file: info.file }, workspace),
  }
}

function warningsOf({ info, comparison, delivery }: ExperimentOutcome, workspace: string): Annotation[] {
  const broken = (comparison?.records ?? []).filter(({ kind }) => kind === 'broken')
  const place = placeOf({ file: info.file }, workspace)
  const undelivered = delivery?.status === 'undelivered' ? [`${delivery.place}: ${delivery.reason}`] : []
  return [
    ...undelivered.map(
      (message) => ({ level: 'warning', title: `${info.name} is not pushed`, message, ...place }) as const,
    ),
    ...broken.map(({ key }) => {
      const message = `passed in the baseline, and does not any more\n${renderReproduce(info, key)}`
      return { level: 'warning', title: `${info.name}: ${key} is broken`, message, ...place } as const
    }),
  ]
}

/** No place where the file is not in the repository: GitHub would look for it there. */
function placeOf({ file, line }: SourceLocation, workspace: string): Pick<Annotation, 'file' | 'line'> {
  const path = relative(workspace, resolve(file)).replaceAll('\\', '/')
  if (path === '' || path.startsWith('..') || path.startsWith('/')) return {}
  return { file: path, ...(line === undefined ? {} : { line }) }
}

/** The last one that is shown says how many are not. */
function limit(annotations: readonly Annotation[]): readonly Annotation[] {
  const [first] = annotations
  if (first === undefined || annotations.length <= MAX_OF_A_LEVEL) return annotations
  const shown = annotations.slice(0, MAX_OF_A_LEVEL - 1)
  const message = `${formatNumber(annotations.length - shown.length)} more than GitHub shows: see the summary of the step`
  return [...shown, { level: first.level, title: 'llmobs-exp', message }]
}
