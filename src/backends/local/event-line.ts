import type { LabelledEvaluation, MetricValue } from '../../model/evaluation.ts'
import {
  type CallTiming,
  EVENT_FORMAT,
  type EvaluationFinished,
  type NamedSummaryResult,
  type RecordRead,
  type RunEvent,
  type UnitRef,
} from '../../model/events.ts'
import { checkedLine } from './checked-line.ts'

/**
 * One event as one line of the log. Values that are JSON text already go in as they are.
 *
 * Joined from templates, which cost little from the first row on. JSON.stringify would take user values for text once more, and
 * a loop over bytes is slow until it is compiled: a run of a few thousand rows is over by then.
 */
export function eventLine(event: RunEvent): string {
  const head = `{"v":${EVENT_FORMAT},"seq":${event.seq},"at":${milliseconds(event.at)},"type":"${event.type}"`
  return checkedLine(head + members(event))
}

function members(event: RunEvent): string {
  switch (event.type) {
    case 'record':
      return recordMembers(event)
    case 'task-finished': {
      const result = event.status === 'ok' ? `,"output":${event.output}` : `,"error":${JSON.stringify(event.error)}`
      return unitMembers(event) + callMembers(event) + result
    }
    case 'evaluation-finished':
      return `${unitMembers(event)},"evaluator":${JSON.stringify(event.evaluator)}${callMembers(event)}${resultMember(event)}`
    case 'row-finished':
      return `${unitMembers(event)},"status":"${event.status}"`
    case 'run-finished':
      return `,"iteration":${event.iteration},"summaries":[${event.summaries.map(summaryObject).join(',')}]`
    default:
      return plainMembers(event)
  }
}

function recordMembers({ key, id, contentHash, input, expectedOutput, metadata, tags }: RecordRead): string {
  let text = `,"key":${JSON.stringify(key)}`
  if (id !== undefined) text += `,"id":${JSON.stringify(id)}`
  text += `,"contentHash":"${contentHash}","input":${input}`
  if (expectedOutput !== undefined) text += `,"expectedOutput":${expectedOutput}`
  if (metadata !== undefined) text += `,"metadata":${metadata}`
  if (tags !== undefined) text += `,"tags":${JSON.stringify(tags)}`
  return text
}

/** A generation of 0 is left out: it would stand in three lines of every row. */
function unitMembers({ key, iteration, generation }: UnitRef): string {
  const text = `,"key":${JSON.stringify(key)},"iteration":${iteration}`
  return generation === 0 ? text : `${text},"generation":${generation}`
}

/** And so are the waits of a call that was made once and at once. */
function callMembers(call: CallTiming & { readonly status: string }): string {
  let text = `,"startedAt":${milliseconds(call.startedAt)},"durationMs":${milliseconds(call.durationMs)}`
  if (call.queueMs !== 0 || call.attempts !== 1) {
    const retryWait = milliseconds(call.retryWaitMs)
    text += `,"queueMs":${milliseconds(call.queueMs)},"retryWaitMs":${retryWait},"attempts":${call.attempts}`
  }
  return `${text},"status":"${call.status}"`
}

function resultMember(event: EvaluationFinished): string {
  switch (event.status) {
    case 'ok':
      return `,"evaluations":[${event.evaluations.map(evaluationObject).join(',')}]`
    case 'skipped':
      return `,"reason":"${event.reason}"`
    default:
      return `,"error":${JSON.stringify(event.error)}`
  }
}

function evaluationObject(item: LabelledEvaluation): string {
  let text = `{"label":${JSON.stringify(item.label)}${metricMembers(item)}`
  if (item.reasoning !== undefined) text += `,"reasoning":${JSON.stringify(item.reasoning)}`
  if (item.assessment !== undefined) text += `,"assessment":"${item.assessment}"`
  if (item.metadata !== undefined) text += `,"metadata":${item.metadata}`
  if (item.tags !== undefined) text += `,"tags":${JSON.stringify(item.tags)}`
  if (item.source !== undefined) text += `,"source":"${item.source}"`
  return `${text}}`
}

function summaryObject(item: NamedSummaryResult): string {
  return item.status === 'ok'
    ? `{"name":${JSON.stringify(item.name)},"status":"ok"${metricMembers(item)}}`
    : JSON.stringify(item)
}

function metricMembers(item: MetricValue): string {
  const value = item.type === 'categorical' ? JSON.stringify(item.value) : item.value
  return `,"type":"${item.type}","value":${value}`
}

function plainMembers({ seq: _seq, at: _at, type: _type, ...rest }: RunEvent): string {
  const text = JSON.stringify(rest)
  return text === '{}' ? '' : `,${text.slice(1, -1)}`
}

const THOUSANDTHS = Array.from({ length: 1_000 }, (_, number) => `.${String(number).padStart(3, '0')}`)

/**
 * Milliseconds with three decimals, 0 as `0`. Number formatting of the language finds the shortest digits for a double, which
 * costs more than the rest of the line.
 */
function milliseconds(value: number): string {
  const microseconds = Math.round(value * 1000)
  if (microseconds === 0) return '0'
  if (microseconds < 0 || microseconds > Number.MAX_SAFE_INTEGER) return String(microseconds / 1000)
  const whole = Math.floor(microseconds / 1000)
  return `${whole}${THOUSANDTHS[microseconds - whole * 1000]}`
}
