import { describe, expect, it } from 'vitest'
import { canDrawLiveArea, createLiveArea } from '../../src/terminal/live-area.ts'
import { createFakeScreen, type FakeScreenOptions } from '../helpers/fake-screen.ts'
import { createFakeTicker } from '../helpers/fake-ticker.ts'
import { createTerminal, emulate } from '../helpers/terminal-emulator.ts'

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
    screen.stderr.write('first on stderr\n')
    screen.stdout.write('then on stdout\n')
    screen.stderr.write('again on stderr\n')
    time.advance(80)
    const written = ['first on stderr', 'then on stdout', 'again on stderr']
    expect(seen().lines.slice(0, 3)).toEqual(written)
    expect(seen().lines[3]).toMatch(/^. live$/)
    area.stop()
    expect(seen().lines).toEqual([...written, ''])
  })

  it('is never seen half drawn: each redraw, and what appears above it, is one write', async () => {
    const writes: string[] = []
    const { screen, time, area } = await start(() => 'first\nsecond', { onWrite: (text) => void writes.push(text) })
    screen.stderr.write('above\n')
    screen.stderr.write('and more\n')
    time.advance(160)
    expect(writes).toHaveLength(3)
    for (const write of writes) {
      expect(write.startsWith('\u001b[?2026h')).toBe(true)
      expect(write.endsWith('\u001b[?2026l')).toBe(true)
    }
    expect(writes[1]).toContain('above\nand more\n')
    area.stop()
  })

  it('is drawn over in its place, and only what has changed', async () => {
    let count = 0
    const { screen, time, area } = await start(() => `rows ${count++}\nthe same\nlast`)
    const before = screen.all().length
    time.advance(80)
    expect(
      screen
        .all()
        .slice(before)
        .replace(/. rows/, '# rows'),
    ).toBe('\u001b[?2026h\u001b[?7l\r\u001b[2A# rows 1\u001b[K\n\nlast\u001b[K\u001b[?7h\u001b[?2026l')
    area.stop()
  })

  it('writes what still waits when it ends', async () => {
    const { screen, area, seen } = await start(() => 'live')
    screen.stdout.write('the summary\n')
    area.stop()
    expect(seen()).toEqual({ lines: ['the summary', ''], isCursorVisible: true })
  })

  it('asks writers to pause when much is waiting', async () => {
    const { screen, time, area } = await start(() => 'live')
    expect(screen.stderr.write('a line\n')).toBeUndefined()
    const pause = screen.stderr.write(`${'x'.repeat(100_000)}\n`)
    time.advance(80)
    await expect(pause).resolves.toBeUndefined()
    area.stop()
  })

  it('can be started again after it was stopped', async () => {
    const { screen, time, area, seen } = await start(() => 'first run')
    area.stop()
    screen.stdout.write('between\n')
    const again = await createLiveArea({ screen, render: () => 'second run', ticker: time.ticker })
    expect(seen()).toEqual({ lines: ['between', '⠋ second run'], isCursorVisible: false })
    again.stop()
    expect(seen()).toEqual({ lines: ['between', ''], isCursorVisible: true })
  })

  it('has no more lines than the terminal is high', async () => {
    const { time, area, seen } = await start(() => 'one\ntwo\nthree\nfour', { rows: 3 })
    time.advance(160)
    expect(seen().lines.map((line) => line.slice(-3))).toEqual(['one', 'two'])
    area.stop()
  })

  it('is gone when the screen is restored, as before the process is killed', async () => {
    const { screen, time, seen } = await start(() => 'live')
    screen.restore()
    expect(seen()).toEqual({ lines: [''], isCursorVisible: true })
    expect(time.running()).toBe(0)
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
    const terminal = createTerminal({ columns: width })
    terminal.write(`above\n${screen.all()}`)
    const before = screen.all().length
    width = 20
    terminal.resize(width)
    screen.resize(width)
    // The line of 39 columns has become two.
    expect(terminal.see().lines).toHaveLength(3)
    time.advance(80)
    terminal.write(screen.all().slice(before))
    expect(terminal.see().lines).toEqual(['above', expect.stringMatching(/^. x{17}$/)])
    area.stop()
  })

  it('leaves no rest behind when it is drawn before anybody has said that the terminal is narrower', async () => {
    let width = 30
    let drawn = 0
    const { screen, time, area } = await start(() => `${drawn++}${'x'.repeat(width - 3)}\n${'y'.repeat(width)}\nlast`)
    const terminal = createTerminal({ columns: 40 })
    terminal.write(`above\n${screen.all()}`)
    let sent = screen.all().length
    const redraw = () => {
      time.advance(80)
      terminal.write(screen.all().slice(sent))
      sent = screen.all().length
    }
    terminal.resize(20)
    for (let unaware = 0; unaware < 3; unaware++) redraw()
    width = 20
    screen.resize(20)
    redraw()
    expect(terminal.see().lines).toEqual(['above', expect.stringMatching(/^. 4x{17}$/), 'y'.repeat(20), 'last'])
    area.stop()
  })

  it('wraps what is printed above it as ever', async () => {
    const { screen, time, area, seen } = await start(() => 'live')
    screen.stdout.write(`${'x'.repeat(50)}\n`)
    time.advance(80)
    expect(seen(40).lines.slice(0, 2)).toEqual(['x'.repeat(40), 'x'.repeat(10)])
    area.stop()
    screen.stdout.write(`${'z'.repeat(50)}\n`)
    expect(seen(40).lines.slice(2, 4)).toEqual(['z'.repeat(40), 'z'.repeat(10)])
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
    ['not on a terminal of a few columns', { isTTY: true, columns: 9 }, false],
    ['not in CI', { isTTY: true, columns: 80, env: { CI: '1' } }, false],
    ['with CI=false', { isTTY: true, columns: 80, env: { CI: 'false' } }, true],
    ['not while another process reads stdout', { isTTY: true, columns: 80, isPiped: true }, false],
    ['not on a dumb terminal', { isTTY: true, columns: 80, env: { TERM: 'dumb' } }, false],
  ])('%s', (_name, options, expected) => {
    expect(canDrawLiveArea(createFakeScreen(options))).toBe(expected)
  })
})
