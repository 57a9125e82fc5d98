import { Writable } from 'node:stream'
import type { Screen, TextSink } from '../model/ports.ts'
import { atExit, hideCursor } from './cursor.ts'
import { realTicker, type Ticker } from './ticker.ts'
import { displayWidth } from './width.ts'

const REDRAW_MS = 80
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

/** A few lines at the bottom of the terminal that are drawn again and again. */
export interface LiveArea {
  /** Takes the area away and shows the cursor. */
  stop(): void
}

export interface LiveAreaOptions {
  readonly screen: Screen
  /** What to draw, asked for before each redraw; lines longer than the terminal is wide must be cut already. */
  readonly render: () => string
  readonly ticker?: Ticker
}

/**
 * Whether stderr can carry a live area. A terminal that reports no width cannot: ora would draw without end there.
 */
export function canDrawLiveArea({ stderr, env }: Screen): boolean {
  return stderr.isTTY && stderr.columns > 0 && !isCi(env) && env.TERM !== 'dumb'
}

/** Whether this looks like a step of a CI system, where nobody watches. */
export function isCi({ CI }: Screen['env']): boolean {
  return CI !== undefined && CI !== '' && CI !== 'false' && CI !== '0'
}

/** Draws at most every 80 ms; whatever else is written to the terminal meanwhile appears above. */
export async function createLiveArea({ screen, render, ticker = realTicker }: LiveAreaOptions): Promise<LiveArea> {
  const { default: ora } = await import('ora')
  const stream = new AreaStream(screen.stderr)
  // Never started: ora's own timer would keep the process alive, and its hooks would replace process.stdout.write.
  const spinner = ora({
    stream,
    isEnabled: true,
    color: false,
    hideCursor: false,
    discardStdin: false,
    spinner: { frames: FRAMES, interval: REDRAW_MS },
  })
  const showCursor = hideCursor(screen.stderr)
  let drawnAt = Number.NEGATIVE_INFINITY
  const draw = () => {
    if (stream.isBusy || ticker.now() - drawnAt < REDRAW_MS * 0.9) return
    drawnAt = ticker.now()
    spinner.text = render()
    spinner.render()
  }
  const release = screen.reserve({
    erase: () => stream.own(() => spinner.clear()),
    restore: () => stream.own(draw),
  })
  const stopTicks = ticker.every(REDRAW_MS, () => stream.own(draw))
  stream.own(draw)
  const stop = () => {
    forgetExit()
    stopTicks()
    stream.own(() => spinner.stop())
    release()
    showCursor()
  }
  const forgetExit = atExit(stop)
  return { stop }
}

/** The terminal as ora wants it. Erasing is done here, because only here is known how the drawn lines wrap after a resize. */
class AreaStream extends Writable {
  readonly isTTY = true
  /** Whether the terminal is behind, so that no frame should be drawn. */
  isBusy = false
  readonly #sink: TextSink
  #drawn: readonly string[] = []
  #isOwn = false

  constructor(sink: TextSink) {
    super({ decodeStrings: false })
    this.#sink = sink
  }

  get columns(): number {
    return Math.max(this.#sink.columns, 1)
  }

  /** Does what writes for the area itself; what that makes the screen ask for meanwhile is not done. */
  own(action: () => void): void {
    if (this.#isOwn) return
    this.#isOwn = true
    try {
      action()
    } finally {
      this.#isOwn = false
    }
  }

  cursorTo(): void {
    if (this.#drawn.length === 0) return
    const rows = this.#drawn.reduce((sum, line) => sum + Math.max(Math.ceil(displayWidth(line) / this.columns), 1), 0)
    this.#drawn = []
    void this.#sink.write(`\r${rows > 1 ? `\u001b[${rows - 1}A` : ''}\u001b[J`)
  }

  moveCursor(): void {}

  clearLine(): void {}

  override _write(chunk: string, _encoding: string, done: () => void): void {
    // What is no escape sequence of ora's own is a frame.
    if (!chunk.startsWith('\u001b[?')) this.#drawn = chunk.split('\n')
    const taken = this.#sink.write(chunk)
    // Never left to Writable's own buffer, which would write frames after they have been erased.
    done()
    if (taken === undefined) return
    this.isBusy = true
    const free = () => {
      this.isBusy = false
    }
    taken.then(free, free)
  }
}
