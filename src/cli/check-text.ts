import { relative } from 'node:path'
import { type Mask, maskConfig } from '../config/secrets.ts'
import type { ErrorAllowance } from '../model/outcome.ts'
import type { CodeInfo, FunctionInfo } from '../model/ports.ts'
import { formatDuration } from '../reporters/format/duration.ts'
import { formatCount, formatNumber } from '../reporters/format/number.ts'
import { type Style, styleOf } from '../reporters/format/style.ts'
import { describeSelection } from '../session/describe-selection.ts'
import { describeThreshold } from '../session/thresholds/describe.ts'
import { sanitizeLine } from '../terminal/sanitize.ts'
import { truncate } from '../terminal/width.ts'
import { excerpt } from '../terminal/wrap.ts'
import type { CheckedExperiment } from './check.ts'
import type { CommandContext } from './command-context.ts'

type Detail = readonly [label: string, text: string]

const LABEL_COLUMNS = 20
/** Below it labels stand on lines of their own. */
const MIN_TABLE_COLUMNS = 60
const MAX_LINES = 6
/** A pipe has no width; nothing that is still of use is longer. */
const PIPE_COLUMNS = 2_000

/** What would run, for people: a block for each experiment. */
export async function renderChecked(
  checked: readonly CheckedExperiment[],
  { screen, currentFolder, secrets }: CommandContext,
): Promise<string> {
  const style = await styleOf(screen.stdout)
  const columns = screen.stdout.isTTY ? style.columns : PIPE_COLUMNS
  return checked
    .map((one) => `${renderOne(one, { currentFolder, mask: secrets.mask, style: { ...style, columns } })}\n`)
    .join('\n')
}

/** @example 'valid: 2 experiments would run, 168 units; nothing was run' */
export function renderTotal(checked: readonly CheckedExperiment[]): string {
  const known = checked.map(unitsOf).filter((units) => units !== undefined)
  const total = known.reduce((sum, units) => sum + units, 0)
  const some = known.length === 0 ? '' : formatCount(total, 'unit')
  const unknown = checked.length - known.length
  const others =
    unknown === 0
      ? ''
      : `${some === '' ? '' : ' and '}as many as ${unknown === 1 ? 'an iterable' : `${unknown} iterables`} will give`
  return `valid: ${formatCount(checked.length, 'experiment')} would run, ${some}${others}; nothing was run`
}

interface TextTools {
  readonly currentFolder: string
  readonly mask: Mask
  readonly style: Style
}

function renderOne(checked: CheckedExperiment, { currentFolder, mask, style }: TextTools): string {
  const { colors, columns } = style
  const { info, file } = checked.planned.loaded
  const name = truncate(sanitizeLine(info.name), columns)
  const place = truncate(
    `  ${sanitizeLine(relative(currentFolder, file))}, export ${sanitizeLine(info.ref.exportName)}`,
    columns,
  )
  return [
    colors.bold(name),
    colors.dim(place),
    ...detailsOf(checked, mask).flatMap((detail) => renderDetail(detail, style)),
  ].join('\n')
}

function renderDetail([label, text]: Detail, { colors, columns }: Style): string[] {
  if (columns < MIN_TABLE_COLUMNS) {
    const lines = excerpt(text, { columns: columns - 4, lines: MAX_LINES })
    return [`  ${colors.dim(label)}`, ...lines.map((line) => `    ${line}`)]
  }
  const [first = '', ...more] = excerpt(text, { columns: columns - LABEL_COLUMNS - 2, lines: MAX_LINES })
  const margin = ' '.repeat(LABEL_COLUMNS + 2)
  return [`  ${colors.dim(label.padEnd(LABEL_COLUMNS))}${first}`, ...more.map((line) => `${margin}${line}`)]
}

function detailsOf({ planned, dataset }: CheckedExperiment, mask: Mask): Detail[] {
  const { info } = planned.loaded
  const { options } = planned
  const types = dataset.status === 'read' ? Object.entries(dataset.types) : []
  const tags = Object.entries(options.tags).map(([key, value]) => `${key}:${value}`)
  const thresholds = Object.entries(info.thresholds).map(([name, threshold]) =>
    describeThreshold(name, threshold, info),
  )
  const details: Detail[] = [
    ['dataset', mask(describeDataset({ planned, dataset }))],
    ...types,
    ['would run', describeUnits({ planned, dataset })],
    ['task', info.code?.task.isAsync === true ? 'async function' : 'function'],
    ['evaluators', describeFunctions(info.evaluators, info.code?.evaluators) || 'none'],
    ['summary evaluators', describeFunctions(info.summaryEvaluators, info.code?.summaryEvaluators)],
    ['thresholds', thresholds.join(', ')],
    ['config', options.config === '{}' ? '' : maskConfig(options.config, mask)],
    ['tags', mask(tags.join(', '))],
    ['limits', describeLimits(planned)],
  ]
  return details.filter(([, text]) => text !== '')
}

function describeDataset({ planned, dataset }: CheckedExperiment): string {
  const { kind, description } = planned.loaded.info.dataset
  if (dataset.status === 'unknown') return `${description}, which is read when it runs`
  const count = kind === 'array' ? '' : `, ${formatCount(dataset.records, 'record')}`
  const invalid = dataset.invalid === 0 ? '' : `, ${formatNumber(dataset.invalid)} not valid and left out`
  return `${description}${count}${invalid}`
}

function describeUnits(checked: CheckedExperiment): string {
  const { planned, dataset } = checked
  const { runs, jobs, evalJobs, selection } = planned.plan
  const chosen = describeSelection(selection)
  const by = chosen === '' ? '' : ` (${chosen})`
  const limit = `${formatCount(jobs, 'job')}${evalJobs === undefined ? '' : `, ${formatNumber(evalJobs)} for evaluators`}`
  const times = ` × ${formatCount(runs, 'run')}`
  if (dataset.status === 'unknown') {
    const most =
      selection.sampleSize === undefined ? 'its records' : `at most ${formatCount(selection.sampleSize, 'record')}`
    return `${most}${by}${times}, ${limit}`
  }
  const { selected, records } = dataset
  const what =
    selected === records
      ? formatCount(records, 'record')
      : `${formatNumber(selected)} of ${formatCount(records, 'record')}`
  return `${what}${by}${times} = ${formatCount(selected * runs, 'unit')}, ${limit}`
}

function describeFunctions(names: readonly string[], known: CodeInfo['evaluators'] = {}): string {
  return names.map((name) => `${name}${describeFunction(known[name])}`).join(', ')
}

function describeFunction(info: FunctionInfo | undefined): string {
  if (info === undefined) return ''
  const kind = info.className === '' ? 'object' : info.className
  const notes = [...(info.isAsync ? ['async'] : []), ...(kind === undefined ? [] : [kind])]
  return notes.length === 0 ? '' : ` (${notes.join(' ')})`
}

function describeLimits({ plan, options }: CheckedExperiment['planned']): string {
  const { timeout, evalTimeout, maxRetries } = plan
  const retries = maxRetries === 0 ? 'no retries' : maxRetries === 1 ? '1 retry' : `${maxRetries} retries`
  return [
    `task ${formatDuration(timeout)}`,
    `evaluators ${formatDuration(evalTimeout)}`,
    retries,
    `max errors ${describeAllowance(options.values.maxErrors)}`,
  ].join(', ')
}

function describeAllowance(allowed: ErrorAllowance): string {
  return allowed.kind === 'count' ? formatNumber(allowed.count) : `${allowed.percent} %`
}

function unitsOf({ planned, dataset }: CheckedExperiment): number | undefined {
  return dataset.status === 'read' ? dataset.selected * planned.plan.runs : undefined
}
