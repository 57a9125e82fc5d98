import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventLine } from '../../../../src/backends/local/event-line.ts'
import { type DecodedLine, decodeLine } from '../../../../src/backends/local/read-event.ts'
import { decodeEssence, textBlock } from '../../../../src/backends/local/score-index/essence.ts'
import type { RunEvent } from '../../../../src/model/events.ts'
import { anyEvent } from '../../../helpers/arbitrary-events.ts'
import { stamped, unitEvents } from '../../../helpers/events.ts'

/** What decoding says of a line between two others. */
function decodeBetween(line: string, before = '\n', after = 'é\n'): DecodedLine | undefined {
  const bytes = Buffer.from(before + line + after)
  const start = Buffer.byteLength(before)
  return decodeEssence(textBlock(bytes), start, start + Buffer.byteLength(line) - 1)
}

/** What an index takes of an event. */
function essenceOf(event: RunEvent): unknown {
  switch (event.type) {
    case 'record':
      return [event.type, event.seq, event.key, event.contentHash]
    case 'row-finished':
      return [event.type, event.seq, event.key, event.iteration, event.status]
    case 'task-finished':
      return [event.type, event.seq, event.key, event.iteration, event.status, event.durationMs]
    case 'evaluation-finished': {
      const { type, seq, key, iteration, evaluator, status } = event
      const values = event.status === 'ok' ? event.evaluations.map(essenceOfValue) : []
      return [type, seq, key, iteration, evaluator, status, values]
    }
    default:
      return event
  }
}

function essenceOfValue({
  label,
  type,
  value,
  assessment,
}: {
  label: string
  type: string
  value: unknown
  assessment?: string
}) {
  return { label, type, value, assessment }
}

describe('the essence of a line', () => {
  it('is what the whole line says, whatever stands in it', () => {
    const property = fc.property(anyEvent, (event) => {
      const line = eventLine(event)
      const essence = decodeBetween(line)
      if (essence === undefined) return
      const whole = decodeLine(Buffer.from(line.slice(0, -1)))
      if (essence.status !== 'event' || whole.status !== 'event') throw new Error(`${essence.status}, ${whole.status}`)
      expect(essenceOf(essence.event)).toEqual(essenceOf(whole.event))
    })
    fc.assert(property, { numRuns: 2_000 })
  })

  it.each(['a', 'é😀', 'a/b c'])('is found in each line of a plain row with the key %j', (key) => {
    const score = { label: 'e', type: 'score', value: -1.5e-7 } as const
    const events = unitEvents({
      key,
      evaluators: {
        e: { status: 'ok', evaluations: [score] },
        f: { status: 'ok', evaluations: [{ label: 'f', type: 'boolean', value: false, assessment: 'pass' }] },
      },
    })
    for (const event of stamped(events)) expect(decodeBetween(eventLine(event))).toMatchObject({ status: 'event' })
  })

  it('is not taken of a damaged line', () => {
    for (const event of stamped(unitEvents({ key: 'a' }))) {
      const bytes = Buffer.from(eventLine(event))
      for (let at = 0; at < bytes.length - 1; at++) {
        const changed = Buffer.from(bytes)
        changed.writeUInt8(changed.readUInt8(at) ^ 0x01, at)
        const essence = decodeEssence(textBlock(changed), 0, bytes.length - 1)
        expect(essence?.status ?? 'damaged', `byte ${at} of ${bytes}`).toBe('damaged')
      }
    }
  })
})
