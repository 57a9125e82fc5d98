import { describe, expect, it } from 'vitest'
import type { Progress } from '../../src/model/progress.ts'
import { createTerminalReporter } from '../../src/reporters/terminal.ts'
import { experimentEvents } from '../helpers/events.ts'
import { createFakeScreen } from '../helpers/fake-screen.ts'
import { createFakeTicker } from '../helpers/fake-ticker.ts'
import { fakeInfo, fakeProgress, fakeView, groupOutcome, passed } from '../helpers/fake-view.ts'
import { emulate } from '../helpers/terminal-emulator.ts'

const halfway: Progress = fakeProgress({
  rowsDone: 420,
  rowsPlanned: 1000,
  callsInFlight: 10,
  expiredCalls: 1,
  rowsWithErrors: 3,
  elapsedMs: 14_000,
  means: [
    { label: 'correct', mean: 0.84213, isRate: true, scored: 417, errored: 3, skipped: 0 },
    { label: 'tokens', mean: 212.4, isRate: false, scored: 420, errored: 0, skipped: 0 },
  ],
})

/** A reporter in the middle of an experiment, with its live area drawn. */
async function underWay({ columns = 80, progress = halfway, name = 'support-triage' } = {}) {
  const screen = createFakeScreen({ isTTY: true, columns })
  const time = createFakeTicker()
  const reporter = createTerminalReporter({ screen, ticker: time.ticker })
  const view = fakeView({ info: fakeInfo({ name }), progress })
  const events = experimentEvents({ units: [] })
  const tell = async (type: string) => {
    for (const event of events) if (event.type === type) await reporter.event?.(event, view)
  }
  await tell('experiment-started')
  time.advance(150)
  // ora is loaded now, and the area appears.
  await expect.poll(() => screen.err()).toContain('\u001b[?25l')
  const seen = () => emulate(screen.all(), columns)
  return { screen, time, reporter, tell, seen, view }
}

describe('the terminal reporter', () => {
  it('draws how far the experiment is', async () => {
    const { seen } = await underWay()
    expect(seen().lines).toMatchInlineSnapshot(`
      [
        "⠋ support-triage  ━━━━━━━━━━──────────────  420/1,000  42 %  ETA 19 s",
        "  correct 84.2 % (417 scored, 3 errored)  tokens 212 (420 scored)",
        "  14 s · 10 calls in flight · 3 rows with errors",
      ]
    `)
    expect(seen().isCursorVisible).toBe(false)
  })

  it('draws less where there is less room', async () => {
    expect((await underWay({ columns: 40 })).seen().lines).toMatchInlineSnapshot(`
      [
        "⠋ support-triage  420/1,000  42 %",
        "  correct 84.2 % (417/3/0)",
        "  14 s · 10 calls in flight",
      ]
    `)
    expect((await underWay({ columns: 20 })).seen().lines).toMatchInlineSnapshot(`
      [
        "⠋ support…  42 %",
        "  14 s",
      ]
    `)
  })

  it('draws no share and no time left while the number of rows is not known', async () => {
    const { rowsPlanned: _planned, ...progress } = halfway
    expect((await underWay({ progress })).seen().lines[0]).toBe('⠋ support-triage  420 rows')
  })

  it('prints the summary above the area, and leaves nothing of the area at the end', async () => {
    const { time, reporter, tell, seen, view } = await underWay()
    await tell('run-finished')
    time.advance(100)
    const midway = seen().lines
    expect(midway[0]).toBe('support-triage')
    expect(midway.at(-1)).toContain('calls in flight')
    await tell('experiment-finished')
    await reporter.finish?.(groupOutcome(view.info, passed))
    const { lines, isCursorVisible } = seen()
    expect(lines.join('\n')).not.toContain('in flight')
    expect(lines.join('\n')).toContain('passed support-triage')
    expect(isCursorVisible).toBe(true)
    expect(time.running()).toBe(0)
  })

  it('prints what user code writes above the area, made safe', async () => {
    const { time, reporter, seen, view } = await underWay()
    reporter.console?.({ stream: 'stdout', text: 'from \u001b[31;5muser code\u001b]0;owned\u0007\nhalf a li' })
    await new Promise(setImmediate)
    time.advance(100)
    expect(seen().lines[0]).toBe('from user code')
    expect(seen().lines[1]).toContain('support-triage')
    await reporter.finish?.(groupOutcome(view.info, passed))
    expect(seen().lines[1]).toBe('half a li')
  })

  it('does not load ora for what is over at once', async () => {
    const screen = createFakeScreen({ isTTY: true })
    const time = createFakeTicker()
    const reporter = createTerminalReporter({ screen, ticker: time.ticker })
    const view = fakeView()
    for (const event of experimentEvents()) void reporter.event?.(event, view)
    time.advance(1000)
    await reporter.finish?.(groupOutcome(view.info, passed))
    expect(screen.err()).toBe('')
    expect(screen.out()).toContain('passed support-triage')
  })

  it('draws one area at a time when experiments follow one another', async () => {
    const { screen, time, reporter, tell, seen } = await underWay()
    await tell('experiment-finished')
    const second = fakeView({ info: fakeInfo({ experimentId: 'second', name: 'second' }), progress: halfway })
    for (const event of experimentEvents({ units: [] }).slice(0, 1)) void reporter.event?.(event, second)
    time.advance(150)
    await expect.poll(() => screen.err()).toContain('second')
    expect(seen().lines.at(-3)).toContain('⠋ second')
    expect(
      seen()
        .lines.join('\n')
        .match(/in flight/g),
    ).toHaveLength(1)
    await reporter.finish?.(groupOutcome(second.info, passed))
    expect(time.running()).toBe(0)
  })

  it.each([
    ['in CI', { isTTY: true, env: { CI: 'true' } }],
    ['in a pipe', { isTTY: false }],
    ['on a terminal without width', { isTTY: true, columns: 0 }],
    ['on a dumb terminal', { isTTY: true, env: { TERM: 'dumb' } }],
  ])('prints lines instead %s', async (_name, options) => {
    const screen = createFakeScreen(options)
    const time = createFakeTicker()
    const reporter = createTerminalReporter({ screen, ticker: time.ticker })
    const view = fakeView({ progress: halfway })
    const [started] = experimentEvents()
    if (started !== undefined) await reporter.event?.(started, view)
    time.advance(10_000)
    expect(screen.err()).toBe(
      'support-triage: 1,000 rows, 420 of them done, 10 jobs\n' +
        'support-triage: 420 of 1,000 rows (42 %), 3 rows with errors, 1 expired call still running, 14 s, 19 s left\n',
    )
  })

  it('is silent when quiet and all is well', async () => {
    const screen = createFakeScreen({ isTTY: true })
    const time = createFakeTicker()
    const reporter = createTerminalReporter({ screen, ticker: time.ticker, quiet: true })
    const view = fakeView()
    for (const event of experimentEvents()) await reporter.event?.(event, view)
    reporter.console?.({ stream: 'stdout', text: 'chatter\n' })
    time.advance(1000)
    await reporter.finish?.(groupOutcome(view.info, passed))
    expect(screen.all()).toBe('')
  })
})
