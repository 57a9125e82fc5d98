import { crc32 } from 'node:zlib'
import type { LabelledEvaluation, MetricValue } from '../../model/evaluation.ts'
import {
  type CallTiming,
  EVENT_FORMAT,
  type EvaluationFinished,
  type NamedSummaryResult,
  type RunEvent,
  type UnitRef,
} from '../../model/events.ts'
import { formatDuration, formatEpoch } from './format-number.ts'

/**
 * One event as one line of the log, with its line feed. Values that are JSON text already go in as they are; the last member is
 * the CRC-32 of the bytes before it.
 */
export function writeEvent(event: RunEvent): string {
  const text = body(event)
  return `${text},"crc":${crc32(text)}}\n`
}

// One template for each frequent type: every further piece of text that is joined costs as much as formatting it.
function body(event: RunEvent): string {
  const { seq, type } = event
  const at = formatEpoch(event.at)
  switch (type) {
    case 'record': {
      const { key, contentHash, input } = event
      const id = event.id === undefined ? '' : `,"id":${JSON.stringify(event.id)}`
      const expected = event.expectedOutput === undefined ? '' : `,"expectedOutput":${event.expectedOutput}`
      const rest = event.metadata === undefined && event.tags === undefined ? '' : recordRest(event)
      return `{"v":${EVENT_FORMAT},"seq":${seq},"at":${at},"type":"record","key":${JSON.stringify(key)}${id},"contentHash":"${contentHash}","input":${input}${expected}${rest}`
    }
    case 'task-finished': {
      const { status } = event
      const result = status === 'ok' ? `"output":${event.output}` : `"error":${JSON.stringify(event.error)}`
      return `{"v":${EVENT_FORMAT},"seq":${seq},"at":${at},"type":"task-finished",${unit(event)},"startedAt":${formatEpoch(event.startedAt)},"durationMs":${formatDuration(event.durationMs)}${waits(event)},"status":"${status}",${result}`
    }
    case 'evaluation-finished': {
      const { evaluator, status } = event
      return `{"v":${EVENT_FORMAT},"seq":${seq},"at":${at},"type":"evaluation-finished",${unit(event)},"evaluator":"${evaluator}","startedAt":${formatEpoch(event.startedAt)},"durationMs":${formatDuration(event.durationMs)}${waits(event)},"status":"${status}",${evaluationResult(event)}`
    }
    case 'row-finished':
      return `{"v":${EVENT_FORMAT},"seq":${seq},"at":${at},"type":"row-finished",${unit(event)},"status":"${event.status}"`
    case 'run-finished':
      return `{"v":${EVENT_FORMAT},"seq":${seq},"at":${at},"type":"run-finished","iteration":${event.iteration},"summaries":[${event.summaries.map(summary).join(',')}]`
    default:
      return plain(event, at)
  }
}

let lastUnit: UnitRef = { key: '', iteration: 0, generation: 0 }
let lastUnitText = ''

/** Stands in several lines that are written one after another. */
function unit(event: UnitRef): string {
  const { key, iteration, generation } = event
  if (key === lastUnit.key && iteration === lastUnit.iteration && generation === lastUnit.generation)
    return lastUnitText
  lastUnit = event
  // A generation of 0 is left out, as are the waits of a call that was made once and at once: they stand in three lines of every row.
  lastUnitText = `"key":${JSON.stringify(key)},"iteration":${iteration}${generation === 0 ? '' : `,"generation":${generation}`}`
  return lastUnitText
}

function waits({ queueMs, retryWaitMs, attempts }: CallTiming): string {
  if (queueMs === 0 && attempts === 1) return ''
  return `,"queueMs":${formatDuration(queueMs)},"retryWaitMs":${formatDuration(retryWaitMs)},"attempts":${attempts}`
}

function plain(event: RunEvent, at: string): string {
  const { seq, at: _at, type, ...members } = event
  const text = JSON.stringify(members)
  return `{"v":${EVENT_FORMAT},"seq":${seq},"at":${at},"type":"${type}"${text === '{}' ? '' : `,${text.slice(1, -1)}`}`
}

function recordRest({ metadata, tags }: Extract<RunEvent, { type: 'record' }>): string {
  return `${metadata === undefined ? '' : `,"metadata":${metadata}`}${tags === undefined ? '' : `,"tags":${JSON.stringify(tags)}`}`
}

function evaluationResult(event: EvaluationFinished): string {
  if (event.status === 'skipped') return `"reason":"${event.reason}"`
  if (event.status !== 'ok') return `"error":${JSON.stringify(event.error)}`
  const [only] = event.evaluations
  if (only !== undefined && event.evaluations.length === 1) return `"evaluations":[${evaluation(only)}]`
  return `"evaluations":[${event.evaluations.map(evaluation).join(',')}]`
}

function evaluation(item: LabelledEvaluation): string {
  const { reasoning, assessment, metadata, tags } = item
  const isBare = reasoning === undefined && assessment === undefined && metadata === undefined && tags === undefined
  return `{"label":"${item.label}","type":"${item.type}","value":${value(item)}${isBare ? '' : evaluationRest(item)}}`
}

function evaluationRest({ reasoning, assessment, metadata, tags }: LabelledEvaluation): string {
  const why = reasoning === undefined ? '' : `,"reasoning":${JSON.stringify(reasoning)}`
  const verdict = assessment === undefined ? '' : `,"assessment":"${assessment}"`
  const details = metadata === undefined ? '' : `,"metadata":${metadata}`
  return `${why}${verdict}${details}${tags === undefined ? '' : `,"tags":${JSON.stringify(tags)}`}`
}

function summary(item: NamedSummaryResult): string {
  return item.status === 'ok'
    ? `{"name":${JSON.stringify(item.name)},"status":"ok","type":"${item.type}","value":${value(item)}}`
    : JSON.stringify(item)
}

function value(item: MetricValue): string {
  switch (item.type) {
    case 'boolean':
      return item.value ? 'true' : 'false'
    case 'score':
      return String(item.value === 0 ? 0 : item.value)
    case 'categorical':
      return JSON.stringify(item.value)
    case 'json':
      return item.value
  }
}
