import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import process from 'node:process'
import { expect, onTestFinished, test } from 'vitest'
import type { Workers } from '../../../src/session/executors/workers.ts'

const built = resolve(import.meta.dirname, '../../../dist/session/executors/workers.cjs')

async function createWorkers(): Promise<Workers> {
  const module: typeof import('../../../src/session/executors/workers.ts') = await import(built)
  return module.createWorkers()
}

test('the thread that was prepared is taken once, then new ones', async () => {
  const workers = await createWorkers()
  workers.prepare()
  const taken = [workers.take(), workers.take(), workers.take()]
  onTestFinished(async () => void (await Promise.all(taken.map((worker) => worker.terminate()))))

  const ids = taken.map(({ threadId }) => threadId)
  expect(new Set(ids).size).toBe(3)
  expect(ids[0]).toBe(Math.min(...ids))
})

test('a thread that is prepared and never taken does not keep the process alive', () => {
  const script = `require(${JSON.stringify(built)}).createWorkers().prepare()`
  expect(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })).toBe('')
})

test('a thread that is taken keeps the process alive until it ends', () => {
  const script = `const workers = require(${JSON.stringify(built)}).createWorkers()
    workers.prepare()
    const worker = workers.take()
    worker.once('online', () => worker.terminate().then(() => console.log('ended')))`
  expect(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })).toBe('ended\n')
})

test('a new thread takes the place of one that has ended before it was taken', async () => {
  const workers = await createWorkers()
  const made = once(process, 'worker')
  workers.prepare()
  const [prepared] = await made
  await prepared.terminate()

  const worker = workers.take()
  onTestFinished(async () => void (await worker.terminate()))
  expect(worker).not.toBe(prepared)
  expect(worker.threadId).toBeGreaterThan(0)
})
