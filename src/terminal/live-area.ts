import type { LiveRegion, Screen, TextSink } from '../model/ports.ts'
import { createAreaLines } from './area-lines.ts'
import { isCi } from './ci.ts'
import { atExit, HIDE_CURSOR, onSuspend, SHOW_CURSOR } from './cursor.ts'
import { realTicker, type Ticker } from './ticker.ts'

const REDRAW_MS = 80
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
/** Narrower than this nothing could be read. */
const MIN_COLUMNS = 10
/** Characters that may wait for the next redraw before writers are asked to pause. */
const MAX_WAITING = 64 * 1024
// Terminals that know it show what comes in between at once; others ignore it.
const BEGIN_UPDATE = '\u001b[?2026h'
const END_UPDATE = '\u001b[?2026l'

/** A few lines at the bottom of the terminal that are drawn again and again. */
export interface LiveArea {
  /** Takes the area away and shows the cursor. Another one may be made after it. */
  stop(): void
}

export interface LiveAreaOptions {
  readonly screen: Screen
  /** What to draw, asked for before each redraw; lines longer than the terminal is wide must be cut already. */
  readonly render: () => string
  readonly ticker?: Ticker
}

/**
 * Whether stderr can carry a live area: on a terminal that says how wide it is, can move its cursor, is no CI's, and that nobody
 * else writes to, as `| tee` does with the summary of each run.
 */
export function canDrawLiveArea({ stderr, isPiped, env }: Screen): boolean {
  return stderr.isTTY && stderr.columns >= MIN_COLUMNS && !isPiped && !isCi(env) && env.TERM !== 'dumb'
}

/**
 * Draws every 80 ms. What is written to the terminal meanwhile waits for the next redraw and appears above, in one write with
 * the area, so that the area neither flickers nor is drawn more often.
 */
export async function createLiveArea({ screen, render, ticker = realTicker }: LiveAreaOptions): Promise<LiveArea> {
  const { default: ora } = await import('ora')
  // Never started: ora's own timer would keep the process alive, and its hooks would replace process.stdout.write.
  const spinner = ora({
    isEnabled: false,
    color: false,
    discardStdin: false,
    spinner: { frames: FRAMES, interval: REDRAW_MS },
  })
  const queue = createQueue()
  const region: LiveRegion = {
    above: queue.add,
    settle: () => draw(),
    close: () => stop(),
  }
  const { terminal, release } = screen.reserve(region)
  const lines = createAreaLines(() => terminal.columns)
  const nextFrame = (): string => {
    spinner.text = render()
    const all = spinner.frame().split('\n')
    // What is higher than the terminal could not be drawn over again.
    return lines.draw(terminal.rows > 1 ? all.slice(0, terminal.rows - 1) : all)
  }
  const draw = (before = ''): void => {
    queue.write(terminal, { before: BEGIN_UPDATE + before, erase: lines.erase, after: () => nextFrame() + END_UPDATE })
  }
  const leave = (): void => queue.write(terminal, { before: lines.erase(), erase: () => '', after: () => SHOW_CURSOR })

  const stopTicks = ticker.every(REDRAW_MS, () => {
    if (!queue.isBusy()) draw()
  })
  const stop = (): void => {
    forgetExit()
    forgetSuspend()
    stopTicks()
    leave()
    release()
  }
  const forgetExit = atExit(stop)
  const forgetSuspend = onSuspend({ before: leave, after: () => draw(HIDE_CURSOR) })
  draw(HIDE_CURSOR)
  return { stop }
}

interface Surroundings {
  readonly before: string
  /** What makes room for texts that wait. */
  readonly erase: () => string
  readonly after: () => string
}

/** Texts that wait for the next redraw, in the order in which they were written. */
function createQueue() {
  let waiting: { readonly sink: TextSink; readonly text: string }[] = []
  let size = 0
  let busy = 0
  let written: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined

  const put = (sink: TextSink, text: string): void => {
    const taken = sink.write(text)
    if (taken === undefined) return
    busy++
    taken.finally(() => busy--)
  }
  return {
    add(text: string, sink: TextSink): void | Promise<void> {
      const last = waiting.at(-1)
      if (last?.sink === sink) waiting.splice(-1, 1, { sink, text: last.text + text })
      else waiting.push({ sink, text })
      size += text.length
      if (size < MAX_WAITING) return
      written ??= createDeferred()
      return written.promise
    },
    /** Whether the terminal is behind, so that nothing should be drawn. */
    isBusy: () => busy > 0,
    /** Writes what waits; what goes to one sink goes in one piece. */
    write(terminal: TextSink, { before, erase, after }: Surroundings): void {
      const texts = waiting
      waiting = []
      size = 0
      let piece = { sink: terminal, text: texts.length > 0 ? before + erase() : before }
      for (const { sink, text } of [...texts, { sink: terminal, text: after() }]) {
        if (piece.sink !== sink) put(piece.sink, piece.text)
        piece = { sink, text: piece.sink === sink ? piece.text + text : text }
      }
      put(piece.sink, piece.text)
      written?.resolve()
      written = undefined
    },
  }
}

function createDeferred() {
  let resolve = (): void => {}
  const promise = new Promise<void>((fulfil) => {
    resolve = fulfil
  })
  return { promise, resolve }
}
