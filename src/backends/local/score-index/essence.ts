import { isAscii } from 'node:buffer'
import type { LabelledEvaluation } from '../../../model/evaluation.ts'
import { EVENT_FORMAT, type RowStatus, type RunEvent } from '../../../model/events.ts'
import { type DecodedLine, findIntactCrc } from '../read-event.ts'

/** Whole lines, and the same as text with one character for each byte. */
export interface TextBlock {
  readonly bytes: Buffer
  readonly text: string
  readonly isAscii: boolean
}

export function textBlock(bytes: Buffer): TextBlock {
  return { bytes, text: bytes.toString('latin1'), isAscii: isAscii(bytes) }
}

/** Without what JSON has to escape. */
const TEXT = '[^"\\\\\\n]*'
const NUMBER = '[-+.\\de]+'

/** How this version begins a line of a record or a unit; no text that it passes over can have a quote in it. */
const beginning = new RegExp(
  [
    `\\{"v":${EVENT_FORMAT},"seq":(\\d+),"at":${NUMBER},"type":"([\\w-]+)","key":"(${TEXT})"`,
    `(?:(?:,"id":"${TEXT}")?,"contentHash":"(\\w+)","input":`,
    `|,"iteration":(\\d+)(?:,"evaluator":"(${TEXT})")?`,
    `(?:,"startedAt":${NUMBER},"durationMs":(${NUMBER})`,
    `(?:,"queueMs":${NUMBER},"retryWaitMs":${NUMBER},"attempts":\\d+)?)?,"status":"(\\w+)",)`,
  ].join(''),
  'y',
)

/** How one goes on that has one value, with nothing to say about it. */
const oneEvaluation = new RegExp(
  `"evaluations":\\[\\{"label":"(${TEXT})","type":"(boolean|score)","value":(${NUMBER}|true|false)(?:,"assessment":"(pass|fail)")?\\}\\],"crc":`,
  'y',
)

/**
 * Reads what an index takes of a line, where it is one of the many that look alike, without parsing the line, which takes several
 * times as long. User values are `null` in the event, and times 0. Undefined where the line is to be decoded as a whole.
 */
export function decodeEssence(block: TextBlock, start: number, end: number): DecodedLine | undefined {
  beginning.lastIndex = start
  const found = beginning.exec(block.text)
  const event = found === null ? undefined : eventOf(block, found)
  if (event === undefined) return undefined
  return findIntactCrc(block.bytes, start, end) < 0 ? { status: 'damaged' } : { status: 'event', event }
}

/** Objects are written out, not spread: there are many. */
function eventOf(block: TextBlock, found: RegExpExecArray): RunEvent | undefined {
  const [, seqText, type, keyText = '', contentHash, iterationText, evaluator, durationText, status = ''] = found
  const seq = Number(seqText)
  if (contentHash !== undefined) {
    if (type !== 'record') return undefined
    return { type, seq, at: 0, key: ownText(keyText), contentHash: ownText(contentHash), input: 'null' }
  }
  const key = block.isAscii ? keyText : ownText(keyText)
  const iteration = Number(iterationText)
  const durationMs = Number(durationText)
  switch (type) {
    case 'row-finished':
      return isRowStatus(status) ? { type, seq, at: 0, key, iteration, generation: 0, status } : undefined
    case 'task-finished':
      if (status !== 'ok') return undefined
      return {
        type,
        seq,
        at: 0,
        key,
        iteration,
        generation: 0,
        startedAt: 0,
        queueMs: 0,
        retryWaitMs: 0,
        attempts: 1,
        durationMs,
        status,
        output: 'null',
      }
    case 'evaluation-finished': {
      const evaluation = status === 'ok' ? evaluationAt(block, beginning.lastIndex) : undefined
      if (evaluation === undefined || evaluator === undefined || status !== 'ok') return undefined
      const evaluations = [evaluation]
      return {
        type,
        seq,
        at: 0,
        key,
        iteration,
        generation: 0,
        startedAt: 0,
        queueMs: 0,
        retryWaitMs: 0,
        attempts: 1,
        durationMs,
        evaluator,
        status,
        evaluations,
      }
    }
    default:
      return undefined
  }
}

function evaluationAt({ text, isAscii: isPlain }: TextBlock, position: number): LabelledEvaluation | undefined {
  oneEvaluation.lastIndex = position
  const found = oneEvaluation.exec(text)
  if (found === null) return undefined
  const [, labelText = '', type, value, assessment] = found
  const label = isPlain ? labelText : ownText(labelText)
  const evaluation: LabelledEvaluation =
    type === 'boolean' ? { label, type, value: value === 'true' } : { label, type: 'score', value: Number(value) }
  return assessment === 'pass' || assessment === 'fail' ? { ...evaluation, assessment } : evaluation
}

/** Without the block, which a piece of its text would keep. */
function ownText(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8')
}

const rowStatuses: ReadonlySet<string> = new Set<RowStatus>(['ok', 'error', 'timeout', 'skipped', 'cancelled'])

function isRowStatus(text: string): text is RowStatus {
  return rowStatuses.has(text)
}
