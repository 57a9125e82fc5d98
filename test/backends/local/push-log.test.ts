import { appendFileSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openPushLog } from '../../../src/backends/local/push-log.ts'
import type { PushEntry, PushLog } from '../../../src/model/push.ts'
import { anyText } from '../../helpers/arbitrary-events.ts'
import { createFakeClock } from '../../helpers/fake-clock.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'

const anyEntry: fc.Arbitrary<PushEntry> = fc.oneof(
  fc.record({
    type: fc.constant('opened' as const),
    backend: anyText,
    place: anyText,
    reference: anyText,
    link: anyText,
  }),
  fc.record({
    type: fc.constant('accepted' as const),
    iteration: fc.nat(),
    ranges: fc.array(fc.tuple(fc.nat(), fc.nat())),
    spans: fc.nat(),
    metrics: fc.nat(),
  }),
  fc.record({ type: fc.constant('rejected' as const), seq: fc.nat(), reason: anyText }),
  fc.record({ type: fc.constant('record-rejected' as const), reason: anyText }),
  fc.record({ type: fc.constant('restamped' as const), from: fc.nat(), to: fc.nat(), offset: fc.nat() }),
  fc.record({ type: fc.constant('closed' as const), status: fc.constant('passed' as const), lastSeq: fc.nat() }),
)

const rejected = (seq: number): PushEntry => ({ type: 'rejected', seq, reason: 'no' })

async function open(): Promise<{ path: string; log: PushLog; again: () => PushLog }> {
  const path = join(await tempFolder(), 'push.jsonl')
  const again = () => openPushLog(path, createFakeClock())
  return { path, log: again(), again }
}

async function read(log: PushLog): Promise<PushEntry[]> {
  const entries: PushEntry[] = []
  for await (const entry of log.entries()) entries.push(entry)
  return entries
}

describe('a push log', () => {
  it('gives back what was written, in order, whatever the texts in it', async () => {
    const { log, again } = await open()
    const written: PushEntry[] = []
    const property = fc.asyncProperty(fc.array(anyEntry, { maxLength: 5 }), async (entries) => {
      for (const entry of entries) log.append(entry)
      written.push(...entries)
      // What JSON has no word for is no matter here: a lone half of a pair is written as an escape.
      expect(await read(again())).toEqual(written)
    })
    await fc.assert(property, { numRuns: 30 })
    log.close()
  })

  it('is not there before its first entry, and empty until then', async () => {
    const { log, path } = await open()
    expect(await read(log)).toEqual([])
    expect(() => statSync(path)).toThrow('ENOENT')
    log.close()
  })

  it('is for its owner alone, and has a checksum in each line', async () => {
    const { log, path } = await open()
    log.append(rejected(7), { isDurable: true })
    log.close()
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path, 'utf8')).toMatch(
      /^\{"v":1,"at":1795000000000,"type":"rejected","seq":7,"reason":"no","crc":\d+\}\n$/,
    )
  })

  it('outlives the death of its writer at any byte: only the torn line is lost', async () => {
    const { log, path, again } = await open()
    for (const seq of [1, 2, 3]) log.append(rejected(seq))
    log.close()
    const whole = readFileSync(path)
    const second = whole.indexOf(0x0a, whole.indexOf(0x0a) + 1)
    for (let length = whole.length - 1; length > second; length--) {
      truncateSync(path, length)
      expect(await read(again())).toEqual([rejected(1), rejected(2)])
    }
  })

  it('goes on in a line of its own after a torn one', async () => {
    const { log, path, again } = await open()
    for (const seq of [1, 2]) log.append(rejected(seq))
    log.close()
    truncateSync(path, readFileSync(path).length - 9)
    const next = again()
    for (const seq of [3, 4]) next.append(rejected(seq))
    next.close()
    expect(await read(again())).toEqual([rejected(1), rejected(3), rejected(4)])
  })

  it('passes over what is damaged, and what a later version may write', async () => {
    const { log, path, again } = await open()
    log.append(rejected(1))
    log.close()
    const line = readFileSync(path, 'utf8')
    appendFileSync(path, line.replace('"seq":1', '"seq":9'))
    appendFileSync(path, 'nonsense\n\n')
    const next = again()
    next.append(rejected(2))
    next.close()
    expect(await read(again())).toEqual([rejected(1), rejected(2)])
  })

  it('says which file could not be written', async () => {
    const path = join(await tempFolder(), 'gone', 'push.jsonl')
    const log = openPushLog(path, createFakeClock())
    expect(() => log.append(rejected(1))).toThrow(path)
    expect(await read(log)).toEqual([])
  })
})
