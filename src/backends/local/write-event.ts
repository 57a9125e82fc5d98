import type { LabelledEvaluation, MetricValue } from '../../model/evaluation.ts'
import {
  type CallTiming,
  EVENT_FORMAT,
  type EvaluationFinished,
  type NamedSummaryResult,
  type Replacing,
  type RunEvent,
  type UnitRef,
} from '../../model/events.ts'
import { type LineWriter, type Piece, piece } from './line-writer.ts'

const SEQ = piece(`{"v":${EVENT_FORMAT},"seq":`)
const AT = piece(',"at":')
const RECORD = piece(',"type":"record","key":')
const TASK_FINISHED = piece(',"type":"task-finished","key":')
const EVALUATION_FINISHED = piece(',"type":"evaluation-finished","key":')
const ROW_FINISHED = piece(',"type":"row-finished","key":')
const RUN_FINISHED = piece(',"type":"run-finished","iteration":')
const ID = piece(',"id":')
const CONTENT_HASH = piece(',"contentHash":')
const INPUT = piece(',"input":')
const EXPECTED_OUTPUT = piece(',"expectedOutput":')
const METADATA = piece(',"metadata":')
const TAGS = piece(',"tags":')
const ITERATION = piece(',"iteration":')
const GENERATION = piece(',"generation":')
const REPLACES = piece(',"replaces":')
const STARTED_AT = piece(',"startedAt":')
const DURATION_MS = piece(',"durationMs":')
const QUEUE_MS = piece(',"queueMs":')
const RETRY_WAIT_MS = piece(',"retryWaitMs":')
const ATTEMPTS = piece(',"attempts":')
const STATUS = piece(',"status":')
const OUTPUT = piece(',"output":')
const ERROR = piece(',"error":')
const REASON = piece(',"reason":')
const EVALUATOR = piece(',"evaluator":')
const EVALUATIONS = piece(',"evaluations":[')
const LABEL = piece('{"label":')
const NAME = piece('{"name":')
const TYPE = piece(',"type":')
const VALUE = piece(',"value":')
const REASONING = piece(',"reasoning":')
const ASSESSMENT = piece(',"assessment":')
const SUMMARIES = piece(',"summaries":[')
const COMMA = piece(',')
const CLOSE_LIST = piece(']')
const CLOSE = piece('}')
const TRUE = piece('true')
const FALSE = piece('false')

/**
 * One event as one line of the log. Values that are JSON text already go in as they are; the last member is the CRC-32 of the
 * bytes before it.
 */
export function writeEvent(event: RunEvent, line: LineWriter): void {
  line.raw(SEQ)
  line.integer(event.seq)
  line.raw(AT)
  line.milliseconds(event.at)
  writeMembers(event, line)
  line.endLine()
}

function writeMembers(event: RunEvent, line: LineWriter): void {
  switch (event.type) {
    case 'record':
      return writeRecord(event, line)
    case 'task-finished':
      writeUnit(TASK_FINISHED, event, line)
      writeTiming(event, line)
      return event.status === 'ok' ? writeJson(OUTPUT, event.output, line) : writeValue(ERROR, event.error, line)
    case 'evaluation-finished':
      writeUnit(EVALUATION_FINISHED, event, line)
      writeText(EVALUATOR, event.evaluator, line)
      writeTiming(event, line)
      return writeEvaluatorResult(event, line)
    case 'row-finished':
      writeUnit(ROW_FINISHED, event, line)
      return writeText(STATUS, event.status, line)
    case 'run-finished':
      line.raw(RUN_FINISHED)
      line.integer(event.iteration)
      return writeList(SUMMARIES, event.summaries, { write: writeSummary, line })
    default:
      return writePlain(event, line)
  }
}

function writeRecord(event: Extract<RunEvent, { type: 'record' }>, line: LineWriter): void {
  line.raw(RECORD)
  line.string(event.key)
  if (event.id !== undefined) writeText(ID, event.id, line)
  writeText(CONTENT_HASH, event.contentHash, line)
  writeJson(INPUT, event.input, line)
  if (event.expectedOutput !== undefined) writeJson(EXPECTED_OUTPUT, event.expectedOutput, line)
  if (event.metadata !== undefined) writeJson(METADATA, event.metadata, line)
  if (event.tags !== undefined) writeValue(TAGS, event.tags, line)
  writeReplaces(event, line)
}

/** A generation of 0 is left out: it would stand in three lines of every row. */
function writeUnit(head: Piece, unit: UnitRef & Replacing, line: LineWriter): void {
  line.raw(head)
  line.string(unit.key)
  line.raw(ITERATION)
  line.integer(unit.iteration)
  if (unit.generation !== 0) {
    line.raw(GENERATION)
    line.integer(unit.generation)
  }
  writeReplaces(unit, line)
}

function writeReplaces({ replaces }: Replacing, line: LineWriter): void {
  if (replaces === undefined) return
  line.raw(REPLACES)
  line.integer(replaces)
}

/** And so are the waits of a call that was made once and at once. */
function writeTiming(event: CallTiming & { readonly status: string }, line: LineWriter): void {
  line.raw(STARTED_AT)
  line.milliseconds(event.startedAt)
  line.raw(DURATION_MS)
  line.milliseconds(event.durationMs)
  if (event.queueMs !== 0 || event.attempts !== 1) {
    line.raw(QUEUE_MS)
    line.milliseconds(event.queueMs)
    line.raw(RETRY_WAIT_MS)
    line.milliseconds(event.retryWaitMs)
    line.raw(ATTEMPTS)
    line.integer(event.attempts)
  }
  writeText(STATUS, event.status, line)
}

function writeEvaluatorResult(event: EvaluationFinished, line: LineWriter): void {
  if (event.status === 'skipped') writeText(REASON, event.reason, line)
  else if (event.status !== 'ok') writeValue(ERROR, event.error, line)
  else writeList(EVALUATIONS, event.evaluations, { write: writeEvaluation, line })
}

interface ListTools<T> {
  readonly line: LineWriter
  write(item: T, line: LineWriter): void
}

function writeList<T>(head: Piece, items: readonly T[], { line, write }: ListTools<T>): void {
  line.raw(head)
  let isFirst = true
  for (const item of items) {
    if (!isFirst) line.raw(COMMA)
    isFirst = false
    write(item, line)
  }
  line.raw(CLOSE_LIST)
}

function writeEvaluation(item: LabelledEvaluation, line: LineWriter): void {
  writeText(LABEL, item.label, line)
  writeMetric(item, line)
  if (item.reasoning !== undefined) writeText(REASONING, item.reasoning, line)
  if (item.assessment !== undefined) writeText(ASSESSMENT, item.assessment, line)
  if (item.metadata !== undefined) writeJson(METADATA, item.metadata, line)
  if (item.tags !== undefined) writeValue(TAGS, item.tags, line)
  line.raw(CLOSE)
}

function writeSummary(item: NamedSummaryResult, line: LineWriter): void {
  if (item.status !== 'ok') return line.json(JSON.stringify(item))
  writeText(NAME, item.name, line)
  writeText(STATUS, item.status, line)
  writeMetric(item, line)
  line.raw(CLOSE)
}

function writeMetric(item: MetricValue, line: LineWriter): void {
  writeText(TYPE, item.type, line)
  line.raw(VALUE)
  switch (item.type) {
    case 'boolean':
      return line.raw(item.value ? TRUE : FALSE)
    case 'score':
      return line.json(String(item.value === 0 ? 0 : item.value))
    case 'categorical':
      return line.string(item.value)
    case 'json':
      return line.json(item.value)
  }
}

function writePlain(event: RunEvent, line: LineWriter): void {
  const { seq: _seq, at: _at, type, ...members } = event
  writeText(TYPE, type, line)
  const text = JSON.stringify(members)
  if (text !== '{}') line.json(`,${text.slice(1, -1)}`)
}

function writeText(head: Piece, text: string, line: LineWriter): void {
  line.raw(head)
  line.string(text)
}

function writeJson(head: Piece, json: string, line: LineWriter): void {
  line.raw(head)
  line.json(json)
}

function writeValue(head: Piece, value: unknown, line: LineWriter): void {
  writeJson(head, JSON.stringify(value), line)
}
