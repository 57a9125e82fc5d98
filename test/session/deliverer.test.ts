import { describe, expect, it } from 'vitest'
import type { SpooledExperiment } from '../../src/backends/batching/spooler.ts'
import type { EventBody } from '../../src/model/events.ts'
import type { Outcome } from '../../src/model/outcome.ts'
import { followRun } from '../../src/session/deliverer.ts'
import { stamped } from '../helpers/events.ts'
import { fakeView } from '../helpers/fake-view.ts'

const record: EventBody = { type: 'record', key: 'a', contentHash: '0011223344556677', input: '1' }
const started: EventBody = { type: 'run-started', iteration: 1, runId: 'c9f0f895-fb98-4b91-9d47-2c4d9a1f0e11' }
const finished: EventBody = { type: 'run-finished', iteration: 1, summaries: [] }
const stopped: Outcome = { status: 'stopped', exitCode: 2, reason: { kind: 'signal', signal: 'SIGINT' }, failures: [] }

/** What a deliverer hears of these events, in order, with what others are told. */
function hear({ isIterable = false, isDelivered = true, isLate = false } = {}) {
  const heard: string[] = []
  const spooled: SpooledExperiment = {
    runFinished: () => void heard.push('run finished'),
    ended: () => void heard.push('ended'),
    discarded: ({ status }) => void heard.push(`discarded as ${status}`),
  }
  const run = followRun({
    begin() {
      heard.push('begun')
      return isDelivered ? spooled : undefined
    },
    tell: ({ type }) => void heard.push(type),
    isIterable,
    isLate,
  })
  const view = fakeView()
  return { heard, run, tell: (...bodies: EventBody[]) => stamped(bodies).map((event) => run.tell(event, view)) }
}

describe('what a deliverer hears of a run', () => {
  it('begins with the first record, and is told of before everybody else is', () => {
    const { heard, run, tell } = hear()
    tell(started, record, record, finished)
    run.ended()
    expect(heard).toEqual(['run-started', 'begun', 'record', 'record', 'run finished', 'run-finished', 'ended'])
  })

  it('begins with the end of the first run where only that shows what the dataset is', () => {
    const { heard, run, tell } = hear({ isIterable: true })
    tell(started, record, finished)
    run.ended()
    expect(heard).toEqual(['run-started', 'record', 'begun', 'run finished', 'run-finished', 'ended'])
  })

  it('begins at its end where no run of an iterable came to one', () => {
    const { heard, run, tell } = hear({ isIterable: true })
    tell(started, record)
    run.ended()
    expect(heard).toEqual(['run-started', 'record', 'begun', 'ended'])
  })

  it('is nothing where no record was read', () => {
    const { heard, run, tell } = hear()
    tell(started, finished)
    run.ended()
    expect(heard).toEqual(['run-started', 'run-finished'])
  })

  it('says so when the experiment leaves the store', () => {
    const { heard, run, tell } = hear()
    tell(record)
    run.discarded(stopped)
    expect(heard).toEqual(['begun', 'record', 'discarded as stopped'])
  })
})
