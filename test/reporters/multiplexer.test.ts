import { describe, expect, it } from 'vitest'
import type { Problem } from '../../src/model/events.ts'
import type { Reporter } from '../../src/model/ports.ts'
import { createMultiplexer } from '../../src/reporters/multiplexer.ts'
import { experimentEvents } from '../helpers/events.ts'
import { fakeView } from '../helpers/fake-view.ts'

const view = fakeView()
const events = experimentEvents()
const end = { exitCode: 0, experiments: [], lastLine: '' }

/** A reporter that notes what it is told. */
function noting(): Reporter & { readonly told: string[]; readonly heard: Problem[] } {
  const told: string[] = []
  const heard: Problem[] = []
  return {
    name: 'noting',
    ownsStdout: false,
    told,
    heard,
    event: ({ type }) => void told.push(type),
    console: ({ text }) => void told.push(text),
    problem: (problem) => void heard.push(problem),
    finish: () => void told.push('finish'),
  }
}

const everything = [...events.map(({ type }) => type), 'finish']

async function run(reporters: readonly Reporter[]) {
  const multiplexer = createMultiplexer(reporters)
  for (const event of events) {
    multiplexer.event(event, view)
    await new Promise(setImmediate)
  }
  await multiplexer.finish(end)
  return multiplexer
}

describe('the multiplexer', () => {
  it('tells every reporter everything', async () => {
    const [a, b] = [noting(), noting()]
    const multiplexer = createMultiplexer([a, b])
    multiplexer.console({ stream: 'stdout', text: 'hello' })
    for (const event of events) multiplexer.event(event, view)
    await multiplexer.finish(end)
    expect(a.told).toEqual(['hello', ...everything])
    expect(b.told).toEqual(a.told)
    expect(multiplexer.problems()).toEqual([])
  })

  it.each<[string, Partial<Reporter>]>([
    [
      'throws',
      {
        event() {
          throw new Error('boom')
        },
      },
    ],
    ['rejects', { event: async () => Promise.reject(new Error('boom')) }],
    ['throws at the end', { finish: () => Promise.reject(new Error('boom')) }],
    [
      'throws synchronously at the end',
      {
        finish() {
          throw new Error('boom')
        },
      },
    ],
  ])('leaves a reporter out that %s, and tells the others once', async (_name, broken) => {
    const well = noting()
    const multiplexer = await run([{ name: 'broken', ownsStdout: false, ...broken }, well])
    const problem = {
      type: 'problem',
      severity: 'error',
      code: 'E_REPORTER',
      message: 'reporter broken failed and is left out from here on: boom',
    }
    expect(multiplexer.problems()).toEqual([problem])
    expect(well.heard).toEqual([problem])
    expect(well.told).toEqual(everything)
  })

  it('does not call a reporter again that has failed', async () => {
    const calls: string[] = []
    const broken: Reporter = {
      name: 'broken',
      ownsStdout: false,
      event({ type }) {
        calls.push(type)
        throw undefined
      },
      console: () => void calls.push('console'),
      problem: () => void calls.push('problem'),
      finish: () => void calls.push('finish'),
    }
    await run([broken, noting()])
    expect(calls).toEqual(['experiment-started'])
  })

  it('survives reporters that fail one after the other while they are told of failures', async () => {
    const broken = (name: string): Reporter => ({
      name,
      ownsStdout: false,
      event() {
        throw new Error('boom')
      },
      problem() {
        throw new Error('worse')
      },
    })
    const multiplexer = await run([broken('a'), broken('b'), broken('c')])
    expect(multiplexer.problems()).toHaveLength(3)
  })

  it('waits for no promise during the run, and for all at the end', async () => {
    const order: string[] = []
    const resolvers: (() => void)[] = []
    const slow: Reporter = {
      name: 'slow',
      ownsStdout: false,
      event: () => new Promise<void>((resolve) => resolvers.push(resolve)).then(() => void order.push('event')),
      finish: () => void order.push('finish'),
    }
    const multiplexer = createMultiplexer([slow])
    for (const event of events) multiplexer.event(event, view)
    const finished = multiplexer.finish(end)
    expect(order).toEqual([])
    for (const resolve of resolvers) resolve()
    await finished
    expect(order).toEqual([...events.map(() => 'event'), 'finish'])
  })

  it('leaves a reporter out that falls too far behind', async () => {
    const stuck: Reporter = { name: 'stuck', ownsStdout: false, event: () => new Promise(() => {}) }
    const well = noting()
    const multiplexer = createMultiplexer([stuck, well])
    for (let told = 0; told < 2000; told++) for (const event of events.slice(0, 1)) multiplexer.event(event, view)
    expect(multiplexer.problems().map(({ message }) => message)).toEqual([
      'reporter stuck failed and is left out from here on: it does not keep up with the run',
    ])
    await multiplexer.finish(end)
    expect(well.told).toHaveLength(2001)
  })
})
