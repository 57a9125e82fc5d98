import { describe, expect, it } from 'vitest'
import type { FakeDatadog } from '../helpers/fake-datadog/fake-datadog.ts'
import { answer } from '../helpers/fake-datadog/faults.ts'
import type { Rule } from '../helpers/fake-datadog/script.ts'
import { get, post, startBackend } from './client.ts'

/** Which of so many requests go wrong by the rule. */
async function spoiledBy(rule: Omit<Rule, 'fault'>, requests = 6, seed = 1): Promise<number[]> {
  const backend = await startBackend({ seed })
  backend.script({ fault: answer(500), ...rule })
  return spoiledOf(backend, requests)
}

async function spoiledOf(backend: FakeDatadog, requests: number): Promise<number[]> {
  const spoiled: number[] = []
  for (let number = 1; number <= requests; number++) {
    const { status } = await get(backend, `/projects?filter[name]=${number}`)
    if (status === 500) spoiled.push(number)
  }
  return spoiled
}

describe('a rule is about', () => {
  it.each<[string, Omit<Rule, 'fault'>, number[]]>([
    ['all requests', {}, [1, 2, 3, 4, 5, 6]],
    ['one of them', { nth: 2 }, [2]],
    ['some of them', { nth: [2, 5] }, [2, 5]],
    ['those from one on', { from: 4 }, [4, 5, 6]],
    ['so many at most', { times: 2 }, [1, 2]],
    ['so many at most from one on', { from: 3, times: 2 }, [3, 4]],
    ['none of them', { probability: 0 }, []],
    ['what is asked for', { on: 'list-projects' }, [1, 2, 3, 4, 5, 6]],
    ['one of what is asked for', { on: ['create-project', 'list-projects'], nth: 3 }, [3]],
    ['nothing that was not asked for', { on: 'create-project' }, []],
    ['those that satisfy it', { on: ({ query }) => query.get('filter[name]') === '4' }, [4]],
    ['the second that satisfies it', { on: ({ number }) => number % 2 === 0, nth: 2 }, [4]],
  ])('%s', async (_what, rule, expected) => {
    expect(await spoiledBy(rule)).toEqual(expected)
  })

  it('some by chance, the same ones for the same seed', async () => {
    const spoiled = await spoiledBy({ probability: 0.3 }, 200)
    expect(spoiled.length).toBeGreaterThan(30)
    expect(spoiled.length).toBeLessThan(90)
    expect(await spoiledBy({ probability: 0.3 }, 200)).toEqual(spoiled)
    expect(await spoiledBy({ probability: 0.3 }, 200, 2)).not.toEqual(spoiled)
  })

  it('those with a body that satisfies it', async () => {
    const backend = await startBackend()
    backend.script({ on: ({ text }) => text.includes('poison'), fault: answer(400) })
    const make = async (name: string) => (await post(backend, '/projects', 'projects', { name })).status
    expect([await make('good'), await make('poison'), await make('fine')]).toEqual([200, 400, 200])
  })
})

describe('a rule ends', () => {
  it('when it is removed, and says how often it was followed', async () => {
    const backend = await startBackend()
    const rule = backend.script({ fault: answer(500), nth: [1, 3] })
    expect(await spoiledOf(backend, 4)).toEqual([1, 3])
    expect([rule.seen, rule.spoiled]).toEqual([4, 2])
    rule.remove()
    await spoiledOf(backend, 1)
    expect(rule.seen).toBe(4)
  })

  it('when all are', async () => {
    const backend = await startBackend()
    backend.script({ fault: answer(500) })
    backend.script({ fault: answer(500) })
    backend.clearScript()
    expect(await spoiledOf(backend, 1)).toEqual([])
  })

  it.each(['resolves', 'rejects'])('when a promise %s', async (how) => {
    const backend = await startBackend()
    const settle = { resolves: (): void => {}, rejects: (): void => {} }
    const until = new Promise<void>((resolve, reject) => Object.assign(settle, { resolves: resolve, rejects: reject }))
    backend.script({ fault: answer(500), until })
    expect(await spoiledOf(backend, 1)).toEqual([1])
    if (how === 'resolves') settle.resolves()
    else settle.rejects()
    expect(await spoiledOf(backend, 1)).toEqual([])
  })

  it('while something does not hold, and goes on when it does', async () => {
    const backend = await startBackend()
    let isBroken = false
    backend.script({ fault: answer(500), during: () => isBroken })
    expect(await spoiledOf(backend, 1)).toEqual([])
    isBroken = true
    expect(await spoiledOf(backend, 1)).toEqual([1])
    isBroken = false
    expect(await spoiledOf(backend, 1)).toEqual([])
  })
})

describe('of several rules', () => {
  it('the first one counts', async () => {
    const backend = await startBackend()
    backend.script({ fault: answer(503), nth: 1 })
    backend.script({ fault: answer(500) })
    expect(await spoiledOf(backend, 2)).toEqual([2])
    expect(backend.requests.map(({ outcome }) => outcome)).toMatchObject([{ status: 503 }, { status: 500 }])
  })
})
