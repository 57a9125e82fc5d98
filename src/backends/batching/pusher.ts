import type { Backend, Delivery, Session } from '../../model/backend.ts'
import type { Outcome } from '../../model/outcome.ts'
import type { Clock } from '../../model/ports.ts'
import type { LoggedProgress, LoggedRun, PushSource } from '../../model/push.ts'
import { describeDelivery } from './describe-delivery.ts'
import type { Gate } from './gate.ts'
import { Ledger } from './ledger.ts'
import { explainFailure, safeLine, TimeUpError } from './reasons.ts'
import { RunRows } from './run-rows.ts'
import { Sender } from './sender.ts'

/** A row that waits longer for the end of its run is sent before it. */
const RIPE_AFTER = 15 * 60_000

/** What the backend is told of an experiment whose process was gone before it could say what it came to. */
const cutShort: Outcome = {
  status: 'stopped',
  exitCode: 4,
  reason: {
    kind: 'user-code-ended',
    error: { code: 'E_USER_CODE_ENDED', name: 'Error', message: 'the process that ran it ended before it did' },
  },
  failures: [],
}

export interface PusherOptions {
  readonly source: PushSource
  readonly backend: Backend
  readonly gate: Gate
  readonly clock: Clock
  readonly restamp: boolean
  /** Ends it, whatever is under way. */
  readonly signal: AbortSignal
  readonly tell: (news: PusherNews) => void
}

export type PusherNews =
  | { readonly kind: 'opened'; readonly experimentId: string; readonly link: string }
  | ({ readonly kind: 'progress'; readonly experimentId: string } & PushProgress)

/** Events of one experiment, with those of earlier pushes. */
export interface PushProgress {
  readonly accepted: number
  readonly rejected: number
  /** Accepted, rejected, and still to be sent as far as the log has come. */
  readonly total: number
}

/** How a pass ended: there may be more later, another process is pushing, or there is nothing more to do. */
export type PassEnd = 'waiting' | 'held' | 'ended'

interface OpenExperiment {
  readonly session: Session
  readonly sender: Sender
}

/** Pushes one experiment in passes, each over what has become due since the last. */
export class Pusher {
  readonly #options: PusherOptions
  readonly #runs = new Map<number, RunRows>()
  readonly #sentRuns = new Set<number>()
  #ledger: Ledger | undefined
  #progress: LoggedProgress | undefined
  #open: OpenExperiment | undefined
  #isOver = false
  #isHurried = false
  #hasEnded = false
  #heldBy: string | undefined
  #failure: string | undefined
  #endTold: Promise<void> | undefined
  #discardedAs: Outcome | undefined

  constructor(options: PusherOptions) {
    this.#options = options
  }

  /** Whether no further pass would do anything. */
  get hasEnded(): boolean {
    return this.#hasEnded
  }

  get isDiscarded(): boolean {
    return this.#discardedAs !== undefined
  }

  /** Nothing more will be written to the log. */
  end(): void {
    this.#isOver = true
  }

  /** There is little time: what the experiment came to is told first, also when a pass is under way. */
  hurry(): void {
    this.#isHurried = true
    if (this.#open !== undefined && !this.#hasEnded) this.#tellEnd(this.#open.session).catch(() => {})
  }

  /** It leaves the store. Where the backend has been told of it, it is told that it came to nothing. */
  discard(outcome: Outcome): void {
    this.#discardedAs = outcome
    this.#hasEnded = true
    if (this.#open !== undefined) this.#tellEnd(this.#open.session).catch(() => {})
  }

  /** Shows other processes that this one is still pushing, and takes note of what the log has come to. */
  refresh(): void {
    if (this.#hasEnded) return
    this.#read()
      .then(() => this.#options.source.lock.refresh())
      .catch(() => {})
  }

  /** Sends what is due. Never rejects: what ends the push of this experiment stands in its delivery. */
  async pass(): Promise<PassEnd> {
    if (this.#hasEnded) return 'ended'
    try {
      const end = await this.#pass()
      this.#hasEnded ||= end === 'ended'
      return end
    } catch (error) {
      this.#failure = explainFailure(error, this.#options.backend.place)
      this.#hasEnded = true
      return 'ended'
    }
  }

  /** What became of it. Never rejects. */
  async delivery(): Promise<Delivery> {
    const { source, backend, clock } = this.#options
    try {
      const ledger = this.#ledger ?? (await Ledger.read(source.log, backend))
      const { events, startedAt } = await this.#read()
      const pending = Math.max(events - ledger.settled, 0)
      const tooOld = this.#open?.sender.tooOld ?? 0
      const parts = { backend, ledger, pending, tooOld, startedAt, now: clock.now() }
      return describeDelivery({ ...parts, failure: this.#failure ?? this.#explainRest() })
    } catch (error) {
      const { name, place } = backend
      const reason = this.#failure ?? explainFailure(error, place)
      return { status: 'undelivered', backend: name, place, spans: 0, metrics: 0, pending: 0, rejected: 0, reason }
    }
  }

  /** Lets go of everything, once what was being told has been. Never rejects. */
  async close(): Promise<void> {
    const { log, lock } = this.#options.source
    await this.#endTold?.catch(() => {})
    for (const rows of this.#runs.values()) await rows.close().catch(() => {})
    try {
      log.close()
      lock.release()
    } catch {
      // Its folder may be gone. A lock that stays behind is taken over.
    }
  }

  async #pass(): Promise<PassEnd> {
    const { source, backend } = this.#options
    // Before the log is read: what is written afterwards is for the next pass.
    const isOver = this.#isOver
    const lock = source.lock.take()
    this.#heldBy = lock.status === 'held' ? lock.owner : undefined
    if (lock.status === 'held') return 'held'
    this.#ledger ??= await Ledger.read(source.log, backend)
    const progress = await this.#read()
    if (this.#ledger.isClosedAt(progress.lastSeq)) return isOver ? 'ended' : 'waiting'
    this.#open ??= await this.#openExperiment(this.#ledger)
    const { session, sender } = this.#open
    if (isOver && this.#isHurried) await this.#tellEnd(session)
    for (const run of progress.runs) await this.#sendRun(run, sender, isOver)
    if (!isOver) return 'waiting'
    await this.#tellEnd(session)
    if (this.#ledger.settled >= progress.events) {
      this.#ledger.close((progress.outcome ?? cutShort).status, progress.lastSeq)
    }
    return 'ended'
  }

  async #openExperiment(ledger: Ledger): Promise<OpenExperiment> {
    const { source, backend, gate, signal, tell } = this.#options
    const { experimentId } = source.experiment
    const known = ledger.opened === undefined ? {} : { known: ledger.opened.reference }
    const session = await gate.send((during) => backend.open(source.experiment, { ...known, signal: during }), {
      signal,
    })
    if (this.#discardedAs !== undefined) {
      await this.#tellEnd(session)
      throw new Error('it has left the store')
    }
    ledger.open(session)
    tell({ kind: 'opened', experimentId, link: session.link })
    const onProgress = (): void => tell({ kind: 'progress', experimentId, ...this.#counts(ledger) })
    return { session, sender: new Sender({ ...this.#options, session, ledger, onProgress }) }
  }

  async #sendRun(run: LoggedRun, sender: Sender, isOver: boolean): Promise<void> {
    const { iteration, ends } = run
    if (this.#sentRuns.has(iteration)) return
    const isAllDue = isOver || ends.length > 0
    const ripeBefore = this.#options.clock.now() - RIPE_AFTER
    const rows = this.#runs.get(iteration) ?? new RunRows(this.#options.source.follow(iteration))
    this.#runs.set(iteration, rows)
    await sender.send(
      run,
      rows.take(({ at }) => isAllDue || at <= ripeBefore),
    )
    if (!isAllDue) return
    this.#sentRuns.add(iteration)
    this.#runs.delete(iteration)
    await rows.close()
  }

  /** Once: a failure of it ends the push, which may be tried again. */
  #tellEnd(session: Session): Promise<void> {
    this.#endTold ??= this.#sayEnd(session)
    return this.#endTold
  }

  async #sayEnd(session: Session): Promise<void> {
    const { gate, signal } = this.#options
    const outcome = this.#discardedAs ?? (await this.#read()).outcome ?? cutShort
    await gate.send((during) => session.close(outcome, during), { signal, isUrgent: this.#isHurried })
  }

  async #read(): Promise<LoggedProgress> {
    this.#progress = await this.#options.source.progress()
    return this.#progress
  }

  #counts({ accepted, settled }: Ledger): PushProgress {
    return { accepted, rejected: settled - accepted, total: Math.max(this.#progress?.events ?? 0, settled) }
  }

  /** Why there may be something left although nothing has failed. */
  #explainRest(): string | undefined {
    if (this.#heldBy !== undefined) return `another push of it is under way: ${safeLine(this.#heldBy)}`
    return this.#hasEnded ? undefined : explainFailure(new TimeUpError(), this.#options.backend.place)
  }
}
