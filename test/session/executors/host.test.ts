import { describe, expect, it } from 'vitest'
import type { AnyDefinition } from '../../../src/model/definition.ts'
import { toJson } from '../../../src/model/json.ts'
import { createHost, type Host } from '../../../src/session/executors/host.ts'
import { callOf, createProgressMemory, offer, openProgress } from '../../../src/session/executors/progress.ts'
import type { FromThread, ToThread } from '../../../src/session/executors/protocol.ts'

const experimentId = '20261122t081503-k3f9q2'

/** Serves one definition as a thread does, all calls offered; keeps what is sent. */
function serve(definition: Pick<AnyDefinition, 'task'> & Partial<AnyDefinition>) {
  const memory = createProgressMemory()
  const progress = openProgress(memory)
  const sent: FromThread[] = []
  const host: Host = createHost({
    baseFolder: '/',
    progress: memory,
    find: () => ({ name: 'served', dataset: [], evaluators: {}, summaryEvaluators: {}, ...definition }),
    send: (messages) => void sent.push(...messages),
  })
  const { json } = toJson({})
  const { json: input } = toJson(1)
  const open: ToThread = ['open', { ref: { exportName: 'default', variant: '' }, experimentId, config: json }]
  const task = (slot: number): ToThread => {
    const call = callOf(2 * slot + 1, slot)
    offer(progress, call)
    const unit = [slot, 1, `r${slot}`, undefined, input, undefined, undefined, undefined] as const
    return ['task', call, callOf(2 * slot + 2, 100 + slot), 1, unit]
  }
  return { host, sent, open, task, kinds: () => sent.map(([kind]) => kind) }
}

function block(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}

describe('what a thread says while its calls block', () => {
  it('that an experiment is open is said before the first call', () => {
    const before: string[][] = []
    const { host, open, task, kinds } = serve({ task: () => void before.push(kinds()) })
    host.receive([open, task(0)])
    expect(before).toEqual([['opened']])
  })

  it('what came of a call that blocked, and of its evaluators, is said before the next call', async () => {
    const before: string[][] = []
    await new Promise<void>((called) => {
      const { host, open, task, kinds } = serve({
        task: () => {
          before.push(kinds())
          block(10)
          if (before.length === 3) called()
        },
        evaluators: { same: () => true },
      })
      host.receive([open, task(0), task(1), task(2)])
    })
    expect(before).toEqual([
      ['opened'],
      ['opened', 'output', 'followed'],
      ['opened', 'output', 'followed', 'output', 'followed'],
    ])
  })
})
