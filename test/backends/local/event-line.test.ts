import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventLine } from '../../../src/backends/local/event-line.ts'
import { anyEvent } from '../../helpers/arbitrary-events.ts'

describe('the line of an event', () => {
  it('is an object of one line, whatever stands in the event', () => {
    const property = fc.property(anyEvent, (event) => {
      const line = eventLine(event)
      expect(line.indexOf('\n')).toBe(line.length - 1)
      expect(JSON.parse(line)).toMatchObject({ v: 1, type: event.type, seq: event.seq })
    })
    fc.assert(property, { numRuns: 300 })
  })

  it('ends with the checksum of the bytes before it', () => {
    const property = fc.property(anyEvent, (event) => {
      const line = eventLine(event)
      const [, before = '', sum] = /^(.*),"crc":(\d+)\}\n$/s.exec(line) ?? []
      expect(Number(sum)).toBe(crc32(Buffer.from(before)))
    })
    fc.assert(property, { numRuns: 300 })
  })

  it('keeps times to the microsecond', () => {
    const property = fc.property(fc.integer({ min: -1_000_000, max: 2 ** 51 }), (microseconds) => {
      const at = microseconds / 1000
      const { at: kept } = JSON.parse(
        eventLine({ type: 'row-finished', key: 'a', iteration: 1, generation: 0, status: 'ok', seq: 1, at }),
      )
      expect(kept).toBe(at)
    })
    fc.assert(property, { numRuns: 500 })
    expect(eventLine({ type: 'run-started', iteration: 1, runId: 'r', seq: 1, at: 1_763_800_000_000.007 })).toContain(
      '"at":1763800000000.007,',
    )
    expect(eventLine({ type: 'run-started', iteration: 1, runId: 'r', seq: 1, at: 0 })).toContain('"at":0,')
  })
})
