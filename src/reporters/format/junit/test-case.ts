import type { ExperimentInfo } from '../../../model/ports.ts'
import type { Row } from '../../../model/row.ts'
import { sanitizeLine } from '../../../terminal/sanitize.ts'
import { truncate } from '../../../terminal/width.ts'
import { cutText } from '../cut.ts'
import { renderReproduce } from '../reproduce.ts'
import { describeVerdicts, type Remark, reasonsOf, remarksOf, stateOf } from '../row-facts.ts'
import { xmlAttributes, xmlText } from '../xml.ts'

/** Characters of one value: a report is read by people, and kept by a CI system. */
const MAX_VALUE = 4000
const INPUT_COLUMNS = 60

/** One row as a case: what is wrong with it as `error` or `failure`, everything that is known of it as `system-out`. */
export function renderRowCase(row: Row, info: ExperimentInfo, classname: string): string {
  const { task } = row
  const time = task === undefined ? 0 : task.durationMs
  const head = xmlAttributes({ name: nameOf(row), classname, time: seconds(time) })
  return `    <testcase${head}>\n${verdictOf(row, info)}${element('system-out', {}, describe(row))}    </testcase>\n`
}

/** A case that is no row: `problem` is what is wrong, `note` what there is to say in any case. */
export interface PlainCase {
  readonly name: string
  readonly problem?: { readonly kind: 'failure' | 'error'; readonly type: string; readonly message: string }
  readonly note?: string
}

export function renderPlainCase({ name, problem, note }: PlainCase, classname: string): string {
  const head = `    <testcase${xmlAttributes({ name: sanitizeLine(name), classname, time: 0 })}`
  if (problem === undefined && note === undefined) return `${head}/>\n`
  const { kind = 'failure', type = '', message = '' } = problem ?? {}
  const wrong = problem === undefined ? '' : element(kind, { type, message: firstLine(message) }, message)
  return `${head}>\n${wrong}${note === undefined ? '' : element('system-out', {}, note)}    </testcase>\n`
}

/** Seconds with milliseconds, as the schema writes them. */
export function seconds(milliseconds: number): string {
  return (Number.isFinite(milliseconds) ? Math.max(milliseconds, 0) / 1000 : 0).toFixed(3)
}

/** A key that is only a hash says nothing to people, so what went in follows it. */
function nameOf({ key, record }: Row): string {
  const name = sanitizeLine(key)
  return record.id === undefined ? `${name} ${truncate(sanitizeLine(record.input.slice(0, 500)), INPUT_COLUMNS)}` : name
}

function verdictOf(row: Row, info: ExperimentInfo): string {
  const state = stateOf(row)
  if (state === 'passed') return ''
  if (state === 'skipped') return element('skipped', { message: row.status }, '')
  const { task } = row
  const failure = task === undefined || task.status === 'ok' ? undefined : task.error
  const message = failure === undefined ? describeVerdicts(row).join(' · ') : `${failure.name}: ${failure.message}`
  const reproduce = info.pulled === undefined ? [`run it again: ${renderReproduce(info, row.key)}`] : []
  const reasons = reasonsOf(row).map(writeRemark)
  const body = [cutText(message, MAX_VALUE), ...reasons, ...reproduce].join('\n')
  const type = failure?.code ?? (state === 'error' ? 'evaluator-error' : 'did-not-pass')
  return element(state === 'error' ? 'error' : 'failure', { type, message: firstLine(message) }, body)
}

function describe(row: Row): string {
  const { record, task } = row
  return [
    writeRemark(['input', record.input]),
    ...(record.expectedOutput === undefined ? [] : [writeRemark(['expected', record.expectedOutput])]),
    ...(task?.status === 'ok' ? [writeRemark(['output', task.output])] : []),
    ...remarksOf(row).map(writeRemark),
  ].join('\n')
}

function writeRemark([name, text]: Remark): string {
  return `${sanitizeLine(name)}: ${cutText(text, MAX_VALUE)}`
}

function firstLine(message: string): string {
  return cutText(sanitizeLine(message.slice(0, MAX_VALUE)), 500)
}

function element(name: string, attributes: { readonly [name: string]: string }, text: string): string {
  const head = `      <${name}${xmlAttributes(attributes)}`
  return text === '' ? `${head}/>\n` : `${head}>${xmlText(text)}</${name}>\n`
}
