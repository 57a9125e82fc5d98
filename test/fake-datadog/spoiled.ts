import type { FakeDatadog } from '../helpers/fake-datadog/fake-datadog.ts'
import type { Fault } from '../helpers/fake-datadog/faults.ts'
import type { Experiment } from '../helpers/fake-datadog/state.ts'
import { type Reply, startBackend } from './client.ts'
import { postEvents, seedExperiment, spanOf } from './set-up.ts'

export interface Spoiled {
  readonly backend: FakeDatadog
  readonly experiment: Experiment
}

/** A backend in which this goes wrong with all events. */
export async function spoiled(...fault: readonly Fault[]): Promise<Spoiled> {
  const backend = await startBackend()
  const experiment = seedExperiment(backend)
  backend.script({ on: 'post-events', fault })
  return { backend, experiment }
}

export function sendSpan({ backend, experiment }: Spoiled): Promise<Reply> {
  return postEvents(backend, experiment, { spans: [spanOf(experiment, backend)] })
}

/** How often the backend has stored the span that was sent. */
export function hits({ backend }: Spoiled): number {
  return backend.state.events.all().reduce((total, one) => total + one.hits.length, 0)
}
