import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/model/events.ts'
import { createNdjsonReporter } from '../../src/reporters/ndjson.ts'
import { sinkOutput } from '../../src/reporters/output.ts'
import { experimentEvents } from '../helpers/events.ts'
import { createFakeScreen } from '../helpers/fake-screen.ts'
import { fakeInfo, fakeView, groupOutcome, passed } from '../helpers/fake-view.ts'
import { drivesTerminal, hostileTexts } from '../helpers/hostile.ts'
import { tempFolder } from '../helpers/temp-folder.ts'

const events = experimentEvents({
  units: hostileTexts.map((text, index) => ({ key: `${index}`, input: JSON.stringify(text) })),
})
const lines = (told: readonly RunEvent[]) => told.map((event) => `${JSON.stringify(event)}\n`).join('')

async function experiment(id = 'first') {
  const eventsFile = join(await tempFolder(), 'events.jsonl')
  await writeFile(eventsFile, '')
  return fakeView({ info: fakeInfo({ experimentId: id, eventsFile }) })
}

describe('the ndjson reporter', () => {
  it('prints the log as it stands, however it grows', async () => {
    const screen = createFakeScreen()
    const reporter = createNdjsonReporter({ output: sinkOutput(screen.stdout), ownsStdout: true })
    const view = await experiment()
    const pending: unknown[] = []
    for (const event of events) {
      await appendFile(view.info.eventsFile, lines([event]))
      pending.push(reporter.event?.(event, view))
    }
    await reporter.finish?.(groupOutcome(view.info, passed))
    await Promise.all(pending)
    expect(screen.out()).toBe(lines(events))
  })

  it('prints the same of a replay, where the log is complete beforehand', async () => {
    const screen = createFakeScreen()
    const reporter = createNdjsonReporter({ output: sinkOutput(screen.stdout), ownsStdout: true })
    const view = await experiment()
    await writeFile(view.info.eventsFile, lines(events))
    for (const event of events) void reporter.event?.(event, view)
    await reporter.finish?.(groupOutcome(view.info, passed))
    expect(screen.out()).toBe(lines(events))
  })

  it('prints experiments one after the other', async () => {
    const screen = createFakeScreen()
    const reporter = createNdjsonReporter({ output: sinkOutput(screen.stdout), ownsStdout: true })
    const first = await experiment('first')
    const second = await experiment('second')
    await writeFile(first.info.eventsFile, lines(events.slice(0, 2)))
    for (const event of events.slice(0, 1)) void reporter.event?.(event, first)
    await writeFile(second.info.eventsFile, lines(events.slice(2, 4)))
    for (const event of events.slice(2, 3)) void reporter.event?.(event, second)
    await reporter.finish?.(groupOutcome(second.info, passed))
    expect(screen.out()).toBe(lines(events.slice(0, 4)))
  })

  it('leaves out a line that was never finished', async () => {
    const screen = createFakeScreen()
    const reporter = createNdjsonReporter({ output: sinkOutput(screen.stdout), ownsStdout: true })
    const view = await experiment()
    await writeFile(view.info.eventsFile, `${lines(events.slice(0, 1))}{"type":"record","inp`)
    for (const event of events.slice(0, 1)) void reporter.event?.(event, view)
    await reporter.finish?.(groupOutcome(view.info, passed))
    expect(screen.out()).toBe(lines(events.slice(0, 1)))
  })

  it('keeps lines longer than what is read at once whole', async () => {
    const screen = createFakeScreen()
    const reporter = createNdjsonReporter({ output: sinkOutput(screen.stdout), ownsStdout: true })
    const view = await experiment()
    const long = `${JSON.stringify({ type: 'record', input: '日本語'.repeat(100_000) })}\n`
    await writeFile(view.info.eventsFile, long + long)
    for (const event of events.slice(0, 1)) void reporter.event?.(event, view)
    await reporter.finish?.(groupOutcome(view.info, passed))
    expect(screen.out() === long + long).toBe(true)
  })

  it('waits for a slow reader and reads no further meanwhile', async () => {
    const writes: (() => void)[] = []
    const screen = createFakeScreen({ onWrite: () => new Promise<void>((resolve) => writes.push(resolve)) })
    const reporter = createNdjsonReporter({ output: sinkOutput(screen.stdout), ownsStdout: true })
    const view = await experiment()
    await writeFile(view.info.eventsFile, `${'{"type":"record"}\n'.repeat(20_000)}`)
    for (const event of events.slice(0, 1)) void reporter.event?.(event, view)
    await expect.poll(() => writes.length).toBe(1)
    await new Promise(setImmediate)
    expect(screen.out().length).toBeLessThanOrEqual(64 * 1024)
    const finished = reporter.finish?.(groupOutcome(view.info, passed))
    for (let written = 0; written < 6; written++) {
      await expect.poll(() => writes.length).toBeGreaterThan(0)
      writes.shift()?.()
    }
    await finished
    expect(screen.out().length).toBe(20_000 * 18)
  })

  it('escapes control characters on a terminal, where the text stays the same JSON', async () => {
    const screen = createFakeScreen({ isTTY: true })
    const reporter = createNdjsonReporter({ output: sinkOutput(screen.stdout), ownsStdout: true })
    const view = await experiment()
    await writeFile(view.info.eventsFile, lines(events))
    for (const event of events.slice(0, 1)) void reporter.event?.(event, view)
    await reporter.finish?.(groupOutcome(view.info, passed))
    expect(screen.out()).not.toMatch(drivesTerminal)
    const printed = screen.out().trimEnd().split('\n')
    expect(printed.map((line) => JSON.parse(line))).toEqual(events)
  })

  it('fails when the log cannot be read', async () => {
    const reporter = createNdjsonReporter({ output: sinkOutput(createFakeScreen().stdout), ownsStdout: true })
    const view = fakeView({ info: fakeInfo({ eventsFile: join(await tempFolder(), 'gone.jsonl') }) })
    const told = events.slice(0, 1).map((event) => reporter.event?.(event, view))
    await expect(Promise.all(told)).rejects.toThrow('ENOENT')
  })
})
