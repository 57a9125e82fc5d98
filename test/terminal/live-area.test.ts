import { describe, expect, it } from 'vitest'
import { canDrawLiveArea, createLiveArea } from '../../src/terminal/live-area.ts'
import { createFakeScreen, type FakeScreenOptions } from '../helpers/fake-screen.ts'
import { createFakeTicker } from '../helpers/fake-ticker.ts'
import { emulate } from '../helpers/terminal-emulator.ts'

async function start(render: () => string, options: FakeScreenOptions = {}) {
  const screen = createFakeScreen({ isTTY: true, columns: 40, ...options })
  const time = createFakeTicker()
  const area = await createLiveArea({ screen, render, ticker: time.ticker })
  const seen = (columns = 40) => emulate(screen.all(), columns)
  return { screen, time, area, seen }
}

describe('the live area', () => {
  it('is drawn over again and again, and is gone at the end', async () => {
    let count = 0
    const { time, area, seen } = await start(() => `rows ${count}\nsecond line`)
    expect(seen()).toEqual({ lines: ['⠋ rows 0', 'second line'], isCursorVisible: false })
    count = 7
    time.advance(80)
    expect(seen().lines[0]).toMatch(/^. rows 7$/)
    expect(seen().lines).toHaveLength(2)
    area.stop()
    expect(seen()).toEqual({ lines: [''], isCursorVisible: true })
    expect(time.running()).toBe(0)
  })

  it('stays below whatever else is written', async () => {
    const { screen, time, area, seen } = await start(() => 'live')
    time.advance(100)
    screen.stderr.write('from stderr\n')
    time.advance(100)
    screen.stdout.write('from stdout\n')
    time.advance(100)
    expect(seen().lines.slice(0, 2)).toEqual(['from stderr', 'from stdout'])
    expect(seen().lines[2]).toMatch(/^. live$/)
    area.stop()
    expect(seen().lines).toEqual(['from stderr', 'from stdout', ''])
  })

  it('is redrawn at most every 80 ms, however much is written', async () => {
    let renders = 0
    const { screen, time, area } = await start(() => `render ${renders++}`)
    for (let written = 0; written < 1000; written++) {
      screen.stderr.write('a line\n')
      time.advance(1)
    }
    area.stop()
    expect(renders).toBeGreaterThan(8)
    expect(renders).toBeLessThanOrEqual(14)
  })

  it('leaves no rest behind when the terminal becomes narrower', async () => {
    let width = 40
    const { screen, time, area } = await start(() => 'x'.repeat(width - 3))
    width = 20
    screen.resize(20)
    const before = screen.all().length
    time.advance(80)
    area.stop()
    // The old line of 39 columns has become two; both are erased.
    expect(screen.all().slice(before)).toContain('\r\u001b[1A\u001b[J')
  })

  it('does not draw while the terminal is behind', async () => {
    let release = () => {}
    let renders = 0
    const { time, area } = await start(() => `render ${renders++}`, {
      onWrite: (text) => (text.includes('render 0') ? new Promise<void>((resolve) => (release = resolve)) : undefined),
    })
    time.advance(1000)
    expect(renders).toBe(1)
    release()
    await new Promise(setImmediate)
    time.advance(80)
    expect(renders).toBe(2)
    area.stop()
  })

  it('shows the cursor when the process ends without stopping it', async () => {
    const before = process.listeners('exit')
    const { seen } = await start(() => 'live')
    const added = process.listeners('exit').filter((listener) => !before.includes(listener))
    expect(added).toHaveLength(1)
    for (const listener of added) listener(0)
    expect(seen()).toEqual({ lines: [''], isCursorVisible: true })
    expect(process.listeners('exit')).toEqual(before)
  })
})

describe('a live area can be drawn', () => {
  it.each([
    ['on a terminal', { isTTY: true, columns: 80 }, true],
    ['not in a pipe', { isTTY: false, columns: 80 }, false],
    ['not on a terminal without width', { isTTY: true, columns: 0 }, false],
    ['not in CI', { isTTY: true, columns: 80, env: { CI: '1' } }, false],
    ['with CI=false', { isTTY: true, columns: 80, env: { CI: 'false' } }, true],
    ['not on a dumb terminal', { isTTY: true, columns: 80, env: { TERM: 'dumb' } }, false],
  ])('%s', (_name, options, expected) => {
    expect(canDrawLiveArea(createFakeScreen(options))).toBe(expected)
  })
})
