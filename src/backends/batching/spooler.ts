import type { Backend, Delivery } from '../../model/backend.ts'
import type { Outcome } from '../../model/outcome.ts'
import type { Clock, Ids } from '../../model/ports.ts'
import type { PushSource } from '../../model/push.ts'
import { createGate, type Gate, type GateNews } from './gate.ts'
import { Pusher, type PusherNews } from './pusher.ts'
import { TimeUpError } from './reasons.ts'

/** How often rows are looked for that have become due without the end of their run, and how often a lock is refreshed. */
const TICK = 60_000
/** How often an experiment is tried again that another process is pushing. */
const HELD_DELAY = 1_000

export interface SpoolerOptions {
  readonly backend: Backend
  readonly clock: Clock
  readonly ids: Pick<Ids, 'random'>
  /** Whether items that are too old for the backend are sent with new times. */
  readonly restamp: boolean
  readonly tell?: (news: PushNews) => void
}

/** What a push has to say while it is under way. Texts have been made safe. */
export type PushNews = PusherNews | GateNews

export interface DrainOptions {
  readonly timeoutMs: number
  /** The time begins anew whenever something is accepted. */
  readonly countsFromProgress?: boolean
  /** There is little time: what the experiments came to is said before the rest of their events is sent. */
  readonly isHurried?: boolean
  /** Ends it early. */
  readonly signal?: AbortSignal
}

/** Pushes experiments to one backend, behind whatever writes their logs. Nothing of it throws or rejects. */
export interface Spooler {
  /** Takes an experiment on: in the background it is opened, with its dataset, and what may be sent of it is sent. */
  add(source: PushSource): SpooledExperiment
  /**
   * Sends what is left and lets go of everything. Resolves when everything has been delivered or will not be, by experiment id.
   * A second call may shorten the time of the first.
   */
  drain(options: DrainOptions): Promise<ReadonlyMap<string, Delivery>>
}

export interface SpooledExperiment {
  /** A `run-finished` has been written to its log: the rows of that run may be sent. */
  runFinished(): void
  /** Nothing more will be written to its log: all rows may be sent, and its end be told. */
  ended(): void
  /** It leaves the store: it never started. */
  discarded(outcome: Outcome): void
}

export function createSpooler(options: SpoolerOptions): Spooler {
  return new BackgroundSpooler(options)
}

/** One pass at a time: what is held of all experiments together is what is held of one. */
class BackgroundSpooler implements Spooler {
  readonly #options: SpoolerOptions
  readonly #controller = new AbortController()
  readonly #gate: Gate
  readonly #pushers = new Map<string, Pusher>()
  readonly #due = new Set<Pusher>()
  readonly #timers = new Set<() => void>()
  #isWorking = false
  #drained: Promise<ReadonlyMap<string, Delivery>> | undefined
  #noteEnd = (): void => {}
  #restartTime = (): void => {}

  constructor(options: SpoolerOptions) {
    this.#options = options
    this.#gate = createGate({ ...options, tell: (news) => this.#tell(news) })
  }

  add(source: PushSource): SpooledExperiment {
    const { signal } = this.#controller
    const tell = (news: PusherNews): void => this.#tell(news)
    const pusher = new Pusher({ ...this.#options, source, gate: this.#gate, signal, tell })
    if (this.#pushers.size === 0) this.#tick()
    this.#pushers.set(source.experiment.experimentId, pusher)
    this.#wake(pusher)
    return {
      runFinished: () => this.#wake(pusher),
      ended: () => {
        pusher.end()
        this.#wake(pusher)
      },
      discarded: (outcome) => pusher.discard(outcome),
    }
  }

  drain(options: DrainOptions): Promise<ReadonlyMap<string, Delivery>> {
    // First: what would come too late if nothing was hurried is given up.
    this.#gate.hurry()
    this.#setTime(options)
    for (const pusher of this.#pushers.values()) {
      pusher.end()
      if (options.isHurried === true) pusher.hurry()
      this.#wake(pusher)
    }
    this.#drained ??= this.#finish()
    return this.#drained
  }

  async #finish(): Promise<ReadonlyMap<string, Delivery>> {
    await new Promise<void>((resolve) => {
      this.#noteEnd = resolve
      this.#checkEnd()
    })
    for (const cancel of this.#timers) cancel()
    const deliveries = new Map<string, Delivery>()
    for (const [experimentId, pusher] of this.#pushers) {
      if (!pusher.isDiscarded) deliveries.set(experimentId, await pusher.delivery())
      await pusher.close()
    }
    this.#controller.abort(new TimeUpError())
    return deliveries
  }

  #setTime({ timeoutMs, countsFromProgress = false, signal }: DrainOptions): void {
    const stop = (): void => {
      this.#controller.abort(new TimeUpError())
      this.#checkEnd()
    }
    let cancel = (): void => {}
    const start = (): void => {
      cancel()
      this.#gate.endBy(this.#options.clock.monotonic() + timeoutMs)
      cancel = this.#after(timeoutMs, stop)
    }
    this.#restartTime = countsFromProgress ? start : () => {}
    start()
    if (signal?.aborted === true) stop()
    else signal?.addEventListener('abort', stop, { once: true })
  }

  #wake(pusher: Pusher): void {
    this.#due.add(pusher)
    if (!this.#isWorking) void this.#work()
  }

  async #work(): Promise<void> {
    this.#isWorking = true
    for (const pusher of this.#due) {
      this.#due.delete(pusher)
      const end = await pusher.pass()
      if (end === 'held') this.#after(HELD_DELAY, () => this.#wake(pusher))
    }
    this.#isWorking = false
    this.#checkEnd()
  }

  /** Whether a drain has nothing left to wait for. */
  #checkEnd(): void {
    if (this.#isWorking) return
    const areAllEnded = [...this.#pushers.values()].every(({ hasEnded }) => hasEnded)
    if (areAllEnded || this.#controller.signal.aborted) this.#noteEnd()
  }

  #tick(): void {
    this.#after(TICK, () => {
      for (const pusher of this.#pushers.values()) {
        pusher.refresh()
        this.#wake(pusher)
      }
      this.#tick()
    })
  }

  #after(milliseconds: number, callback: () => void): () => void {
    const cancel = this.#options.clock.after(milliseconds, () => {
      this.#timers.delete(cancel)
      callback()
    })
    this.#timers.add(cancel)
    return cancel
  }

  #tell(news: PushNews): void {
    if (news.kind === 'progress' || news.kind === 'opened') this.#restartTime()
    try {
      this.#options.tell?.(news)
    } catch {
      // Whoever listens is no reason not to deliver.
    }
  }
}
