import { createSpooler, type DrainOptions, type PushNews } from '../../../src/backends/batching/spooler.ts'
import { createRandom } from '../../../src/engine/select.ts'
import type { Delivery } from '../../../src/model/backend.ts'
import type { RunEvent } from '../../../src/model/events.ts'
import { experimentEvents, type UnitParts } from '../../helpers/events.ts'
import { createFakeClock, type FakeClock, passTimeUntil } from '../../helpers/fake-clock.ts'
import { createMemoryBackend, type MemoryBackend, type MemoryBackendOptions } from '../../helpers/memory-backend.ts'
import { type MemoryExperiment, type MemoryProcess, memorySource } from '../../helpers/memory-push.ts'

export interface PushOptions extends MemoryBackendOptions, Partial<DrainOptions> {
  readonly clock?: FakeClock
  readonly restamp?: boolean
  readonly seed?: number
  readonly process?: MemoryProcess
}

export interface Pushed {
  readonly delivery: Delivery
  readonly backend: MemoryBackend
  readonly news: readonly PushNews[]
  readonly clock: FakeClock
}

/** A spooler with a backend in memory, on a clock that stands still. */
export function openSpooler(options: PushOptions = {}) {
  const { clock = createFakeClock(), restamp = false, seed = 1 } = options
  const travel = (): Promise<void> => new Promise((resolve) => clock.after(5, resolve))
  const backend = createMemoryBackend({ travel, ...options })
  const news: PushNews[] = []
  const ids = { random: createRandom(seed) }
  const spooler = createSpooler({ backend, clock, ids, restamp, tell: (one) => news.push(one) })
  return { spooler, backend, news, clock }
}

/** Pushes an experiment whose log is complete, as the command `push` does. */
export async function push(experiment: MemoryExperiment, options: PushOptions = {}): Promise<Pushed> {
  const { spooler, backend, news, clock } = openSpooler(options)
  spooler.add(memorySource(experiment, options.process)).ended()
  const { timeoutMs = 60_000 } = options
  const deliveries = await passTimeUntil(spooler.drain({ ...options, timeoutMs }), clock)
  const delivery = deliveries.get(experiment.experimentId)
  if (delivery === undefined) throw new Error('every experiment has a delivery')
  return { delivery, backend, news, clock }
}

export const scored = {
  correct: { status: 'ok', evaluations: [{ label: 'correct', type: 'boolean', value: true }] },
} as const

/** A complete experiment of so many rows, each with an evaluation that came to something and one that did not. */
export function manyRows(count: number, runs = 1): RunEvent[] {
  const evaluators = { ...scored, tone: { status: 'skipped', reason: 'not-applicable' } } as const
  const units = Array.from({ length: count }, (_, index): UnitParts => ({ key: `r-${index + 1}`, evaluators }))
  return experimentEvents({ runs, units })
}
