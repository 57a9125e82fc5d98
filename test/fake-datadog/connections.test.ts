import { request } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { applyTwice, close, delay, silence, trickle, truncate } from '../helpers/fake-datadog/faults.ts'
import { get, keysOf, post, startBackend, V1 } from './client.ts'
import { spanOf } from './set-up.ts'
import { hits, sendSpan, spoiled } from './spoiled.ts'

describe('the backend does', () => {
  it('what it is asked for twice', async () => {
    const scene = await spoiled(applyTwice())
    expect((await sendSpan(scene)).status).toBe(202)
    expect(hits(scene)).toBe(2)
    expect(scene.backend.state.events.altered()).toEqual([])
    scene.backend.script({ on: 'create-experiment', fault: applyTwice() })
    const attributes = { name: 'exp', project_id: scene.experiment.projectId }
    expect((await post(scene.backend, '/experiments', 'experiments', attributes)).status).toBe(200)
    expect([...scene.backend.state.experiments.values()].filter(({ experiment }) => experiment === 'exp')).toHaveLength(
      2,
    )
  })

  it('what it is asked for, and answers only when it may', async () => {
    let release = (): void => {}
    const scene = await spoiled(delay(new Promise<void>((resolve) => (release = resolve))))
    const reply = sendSpan(scene)
    await scene.backend.until(() => scene.backend.requests[0]?.applied === 1)
    expect(scene.backend.requests[0]?.outcome).toEqual({ type: 'pending' })
    expect(hits(scene)).toBe(1)
    release()
    expect((await reply).status).toBe(202)
  })

  it('nothing until it may, and then though the client has gone', async () => {
    let release = (): void => {}
    const scene = await spoiled(delay(new Promise<void>((resolve) => (release = resolve)), 'applying'))
    const { backend, experiment } = scene
    const gone = new AbortController()
    const attributes = { spans: [spanOf(experiment, backend)] }
    const path = `/experiments/${experiment.id}/events`
    const reply = post(backend, path, 'experiments', attributes, { signal: gone.signal })
    await backend.until(() => (backend.requests[0]?.text ?? '') !== '')
    expect(hits(scene)).toBe(0)
    gone.abort()
    await expect(reply).rejects.toThrow('aborted')
    await backend.until(() => backend.requests[0]?.outcome.type === 'closed')
    release()
    await backend.until(() => hits(scene) === 1)
  })

  it('answer as many at once as there are, without a warning', async () => {
    const backend = await startBackend()
    const warnings: string[] = []
    const note = ({ name }: Error): void => void warnings.push(name)
    process.on('warning', note)
    onTestFinished(() => void process.off('warning', note))
    let release = (): void => {}
    const released = new Promise<void>((resolve) => (release = resolve))
    backend.script({ fault: [delay(released, 'applying'), delay(1)] })
    const replies = Array.from({ length: 30 }, () => get(backend, '/projects'))
    await backend.until(() => backend.requests.length === 30)
    release()
    expect((await Promise.all(replies)).map(({ status }) => status)).toEqual(Array.from({ length: 30 }, () => 200))
    expect(warnings).toEqual([])
  })

  it('answer after so many milliseconds, and in another order', async () => {
    const backend = await startBackend()
    const waits = [60, 0]
    backend.script({ fault: delay(() => waits.shift() ?? 0) })
    await Promise.all(['a', 'b'].map((name) => get(backend, `/projects?filter[name]=${name}`)))
    const [first, second] = backend.requests.map(({ outcome }) => (outcome.type === 'answered' ? outcome.at : 0))
    expect(first).toBeGreaterThan(second ?? 0)
  })

  it('send a body slowly', async () => {
    const backend = await startBackend()
    backend.script({ fault: trickle(1000) })
    const response = await fetch(`${backend.origin}${V1}/projects?page[limit]=9`, { headers: keysOf(backend) })
    const pieces: string[] = []
    for await (const piece of response.body ?? []) pieces.push(Buffer.from(piece).toString())
    expect(pieces.join('')).toBe('{"data":[],"meta":{"after":""}}')
    expect(pieces).toHaveLength(1)
    backend.clearScript()
    backend.script({ fault: trickle(100) })
    const slow = await fetch(`${backend.origin}${V1}/projects`, { headers: keysOf(backend) })
    let count = 0
    for await (const _piece of slow.body ?? []) count++
    expect(count).toBeGreaterThan(3)
  })

  it.each([false, true])('never answer, having done what it was asked for: %s', async (applied) => {
    const scene = await spoiled(silence({ applied }))
    const { backend } = scene
    const reply = sendSpan(scene)
    await backend.until(() => backend.requests[0]?.text !== '' && backend.requests[0]?.applied === Number(applied))
    expect(backend.requests[0]?.outcome).toEqual({ type: 'pending' })
    expect(hits(scene)).toBe(Number(applied))
    await backend.close()
    await expect(reply).rejects.toThrow('fetch failed')
    expect(backend.requests[0]?.outcome.type).toBe('closed')
  })
})

describe('a connection is closed', () => {
  it.each([
    ['before-reading', 0, false],
    ['before-applying', 0, true],
    ['after-applying', 1, true],
  ] as const)('%s', async (when, stored, isRead) => {
    const scene = await spoiled(close(when))
    await expect(sendSpan(scene)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } })
    expect(hits(scene)).toBe(stored)
    const [request] = scene.backend.requests
    expect(request?.text !== '').toBe(isRead)
    await scene.backend.until(() => request?.outcome.type === 'closed')
    scene.backend.clearScript()
    expect((await sendSpan(scene)).status).toBe(202)
    expect(hits(scene)).toBe(stored + 1)
  })

  it('amid the body of an answer', async () => {
    const backend = await startBackend()
    backend.seed.project({ name: 'support' })
    backend.script({ fault: truncate(10) })
    const pieces: string[] = []
    const reading = new Promise((resolve, reject) => {
      const asked = request(`${backend.origin}${V1}/projects`, { headers: keysOf(backend) }, (response) => {
        response.setEncoding('utf8').on('data', (piece: string) => pieces.push(piece))
        response.on('error', reject).on('end', resolve)
      })
      asked.on('error', reject).end()
    })
    await expect(reading).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(pieces.join('')).toBe('{"data":[{')
    await backend.until(() => backend.requests[0]?.outcome.type === 'closed')
  })

  it('amid the headers of an answer without a body', async () => {
    const scene = await spoiled(truncate())
    await expect(sendSpan(scene)).rejects.toThrow('fetch failed')
    expect(hits(scene)).toBe(1)
    await scene.backend.until(() => scene.backend.requests[0]?.outcome.type === 'closed')
  })
})
