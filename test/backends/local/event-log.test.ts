import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventLine } from '../../../src/backends/local/event-line.ts'
import { openEventLog } from '../../../src/backends/local/event-log.ts'
import { decodeLine, lineType } from '../../../src/backends/local/read-event.ts'
import { type DamagedLine, readEvents } from '../../../src/backends/local/read-events.ts'
import type { RunEvent } from '../../../src/model/events.ts'
import { anyEvent } from '../../helpers/arbitrary-events.ts'
import { experimentEvents, stamped, unitEvents } from '../../helpers/events.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'

interface Read {
  readonly events: RunEvent[]
  readonly damaged: DamagedLine[]
}

async function read(path: string, types?: ReadonlySet<string>): Promise<Read> {
  const events: RunEvent[] = []
  const damaged: DamagedLine[] = []
  const batches = readEvents(path, types === undefined ? {} : { types }, (line) => damaged.push(line))
  for await (const batch of batches) events.push(...batch)
  return { events, damaged }
}

/** A line of another make, with a right checksum. */
function line(members: string): string {
  return `${members},"crc":${crc32(members)}}\n`
}

async function logFile(text: string | Uint8Array = ''): Promise<string> {
  const path = join(await tempFolder(), 'events.jsonl')
  writeFileSync(path, text)
  return path
}

describe('the lines of the log', () => {
  it('give every event back as it was', async () => {
    const path = await logFile()
    const property = fc.asyncProperty(fc.array(anyEvent, { maxLength: 8 }), async (events) => {
      writeFileSync(path, '')
      const log = openEventLog(path)
      log.append(events)
      log.close()
      const { events: back, damaged } = await read(path)
      expect(damaged).toEqual([])
      expect(back).toEqual(events)
    })
    await fc.assert(property, { numRuns: 200 })
  })

  it('are one line each, valid JSON, and name their type at once', () => {
    const property = fc.property(anyEvent, (event) => {
      const text = eventLine(event)
      expect(text.indexOf('\n')).toBe(text.length - 1)
      expect(JSON.parse(text)).toMatchObject({ v: 1, seq: event.seq, type: event.type })
      expect(lineType(Buffer.from(text.slice(0, -1)))).toBe(event.type)
    })
    fc.assert(property, { numRuns: 300 })
  })

  it('keep __proto__ as the key that it is in values', () => {
    const [event] = stamped([
      { type: 'record', key: '__proto__', contentHash: '0'.repeat(16), input: '{"__proto__":{"polluted":true}}' },
    ])
    if (event === undefined) throw new Error('there is an event')
    const decoded = decodeLine(Buffer.from(eventLine(event).trimEnd()))
    expect(decoded).toEqual({ status: 'event', event })
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  it('are damaged when any byte is another one', () => {
    const flips = fc.tuple(anyEvent, fc.nat(), fc.integer({ min: 1, max: 255 }))
    const property = fc.property(flips, ([event, position, flip]) => {
      const bytes = Buffer.from(eventLine(event).slice(0, -1))
      const at = position % bytes.length
      bytes.writeUInt8(bytes.readUInt8(at) ^ flip, at)
      expect(decodeLine(bytes)).toEqual({ status: 'damaged' })
    })
    fc.assert(property, { numRuns: 1_000 })
  })

  it('are damaged at each of their bytes, the checksum included', () => {
    for (const event of experimentEvents()) {
      const bytes = Buffer.from(eventLine(event).slice(0, -1))
      for (let at = 0; at < bytes.length; at++) {
        for (const flip of [0x01, 0x10, 0x80]) {
          const changed = Buffer.from(bytes)
          changed.writeUInt8(changed.readUInt8(at) ^ flip, at)
          expect(decodeLine(changed).status, `byte ${at} of ${bytes}`).toBe('damaged')
        }
      }
    }
  })

  it('are damaged when they are cut short or have nothing of a line', () => {
    for (const text of ['', '{', '{}', 'null', '{"crc":1}', ',"crc":}', '{"v":1,"type":"record","crc":12}']) {
      expect(decodeLine(Buffer.from(text)).status).toBe('damaged')
    }
  })
})

describe('reading a log', () => {
  it('tells of a torn last line wherever it was cut, and gives all lines before it', async () => {
    const events = experimentEvents({ units: [{ key: 'a', input: '"é😀"' }] })
    const bytes = Buffer.from(events.map(eventLine).join(''))
    const lastStart = bytes.lastIndexOf(0x0a, bytes.length - 2) + 1
    const path = await logFile()
    for (let length = lastStart + 1; length < bytes.length; length++) {
      writeFileSync(path, bytes.subarray(0, length))
      const { events: back, damaged } = await read(path)
      expect(back).toEqual(events.slice(0, -1))
      expect(damaged).toEqual([{ line: events.length, isTorn: true }])
    }
    writeFileSync(path, bytes.subarray(0, lastStart))
    expect(await read(path)).toEqual({ events: events.slice(0, -1), damaged: [] })
  })

  it('passes over a damaged line in the middle and tells its number', async () => {
    const events = experimentEvents({ units: [{ key: 'a' }, { key: 'b' }] })
    const lines = events.map(eventLine)
    lines[3] = lines[3]?.replace('"out"', '"oUt"') ?? ''
    const path = await logFile(lines.join(''))
    expect(await read(path)).toEqual({
      events: events.filter((_, index) => index !== 3),
      damaged: [{ line: 4, isTorn: false }],
    })
  })

  it('passes over types it does not know', async () => {
    const events = experimentEvents()
    const path = await logFile(line('{"v":1,"seq":1,"at":1,"type":"span","key":"a"') + events.map(eventLine).join(''))
    expect(await read(path)).toEqual({ events, damaged: [] })
  })

  it('refuses a newer format', async () => {
    const path = await logFile(line('{"v":2,"seq":1,"at":1,"type":"experiment-started"'))
    await expect(read(path)).rejects.toMatchObject({
      code: 'E_STORE_FORMAT',
      message: `${path} has format 2, which a newer version of this tool wrote`,
      hint: 'update llmobs-exp to read it',
    })
  })

  it('gives only the wanted types', async () => {
    const path = await logFile(experimentEvents().map(eventLine).join(''))
    const { events } = await read(path, new Set(['record', 'row-finished']))
    expect(events.map(({ type }) => type)).toEqual(['record', 'row-finished'])
  })

  it('gives lines that are longer than what is read at once', async () => {
    const long = JSON.stringify('x'.repeat(3_000_000))
    const events = experimentEvents({ units: [{ key: 'a', input: long }, { key: 'b', input: long }, { key: 'c' }] })
    const path = await logFile(events.map(eventLine).join(''))
    expect((await read(path)).events.map(({ seq }) => seq)).toEqual(events.map(({ seq }) => seq))
  })

  it('ends where the log ended when it began', async () => {
    const events = experimentEvents()
    const path = await logFile(events.map(eventLine).join(''))
    const back: RunEvent[] = []
    for await (const batch of readEvents(path)) {
      back.push(...batch)
      appendFileSync(path, events.map(eventLine).join(''))
    }
    expect(back).toEqual(events)
  })

  it('says which file is not there', async () => {
    const path = join(await tempFolder(), 'none.jsonl')
    await expect(read(path)).rejects.toMatchObject({ code: 'E_STORE_READ', message: expect.stringContaining(path) })
  })
})

describe('writing a log', () => {
  it('has events in the file when append returns, after those that were there', async () => {
    const path = await logFile()
    const [first, second] = [unitEvents({ key: 'a' }), unitEvents({ key: 'é\ud800' })].map(stamped)
    const log = openEventLog(path)
    log.append(first ?? [])
    expect((await read(path)).events).toEqual(first)
    log.append([])
    log.append(second ?? [])
    log.close()
    const again = openEventLog(path)
    again.append(first ?? [])
    again.close()
    expect((await read(path)).events).toEqual([...(first ?? []), ...(second ?? []), ...(first ?? [])])
  })

  it('makes a file that only its owner may read', async () => {
    const path = join(await tempFolder(), 'events.jsonl')
    openEventLog(path).close()
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path, 'utf8')).toBe('')
  })

  it('says which file cannot be written, and what helps', async () => {
    const path = join(await tempFolder(), 'gone', 'events.jsonl')
    expect(() => openEventLog(path)).toThrow(
      expect.objectContaining({ code: 'E_STORE_WRITE', message: expect.stringContaining(`cannot write ${path}`) }),
    )
    const full = openEventLog('/dev/full')
    expect(() => full.append(experimentEvents())).toThrow(
      expect.objectContaining({ code: 'E_STORE_WRITE', hint: expect.stringContaining('--store <dir>') }),
    )
  })
})
