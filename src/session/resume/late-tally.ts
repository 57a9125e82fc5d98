import type { Problem, RunEvent } from '../../model/events.ts'
import type { Gauges } from '../../model/executor.ts'
import type { Clock } from '../../model/ports.ts'
import type { Progress } from '../../model/progress.ts'
import type { ExperimentSummary, RunSummary } from '../../model/summary.ts'
import { createTally, type Tally, type TallyInfo } from '../tally.ts'

const IDLE: Gauges = { callsInFlight: 0, expiredCalls: 0, tasksCalled: 0 }

/** A tally that counts a log before there is an executor, and can begin anew. */
export class LateTally implements Tally {
  readonly #info: TallyInfo
  readonly #clock: Pick<Clock, 'now'>
  #gauges = (): Gauges => IDLE
  #tally: Tally

  constructor(info: TallyInfo, clock: Pick<Clock, 'now'>) {
    this.#info = info
    this.#clock = clock
    this.#tally = this.#create()
  }

  /** From here on there is an executor. */
  connect(gauges: () => Gauges): this {
    this.#gauges = gauges
    return this
  }

  /** Has counted nothing. */
  clear(): void {
    this.#tally = this.#create()
  }

  apply(event: RunEvent): void {
    this.#tally.apply(event)
  }

  progress(): Progress {
    return this.#tally.progress()
  }

  run(iteration: number): RunSummary {
    return this.#tally.run(iteration)
  }

  summary(): ExperimentSummary {
    return this.#tally.summary()
  }

  takeProblems(): readonly Problem[] {
    return this.#tally.takeProblems()
  }

  unmetQuarantine(): readonly string[] {
    return this.#tally.unmetQuarantine()
  }

  #create(): Tally {
    return createTally(this.#info, { clock: this.#clock, gauges: () => this.#gauges() })
  }
}
