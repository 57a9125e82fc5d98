import { writeFile } from 'node:fs/promises'
import { getActiveResourcesInfo } from 'node:process'
import { describe, expect, it, onTestFinished } from 'vitest'
import { jsonl } from '../../../src/datasets/jsonl.ts'
import { discover } from '../../../src/load/discover.ts'
import { hostInProcess } from '../../../src/session/executors/in-process.ts'
import type { UserModule } from '../../../src/session/executors/user-module.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'
import { describeFollowUp, entered, gather, readRecords, recordOf } from './open.ts'

const experimentId = '20261122t081503-k3f9q2'

async function host(definition: object, baseFolder = '/'): Promise<UserModule> {
  const module = await hostInProcess({ found: discover({ default: definition }, '/exp.ts'), baseFolder })
  onTestFinished(module.close)
  return module
}

function open(module: UserModule) {
  const [info] = module.definitions
  if (info === undefined) throw new Error('there is no definition')
  return module.open({ ref: info.ref, experimentId, config: info.config, evaluators: info.evaluators })
}

describe('code that is called in this process', () => {
  it('is called as in a thread: a task, and evaluators in its wake', async () => {
    const executor = open(
      await host({
        name: 'local',
        dataset: [{ id: 'a', input: 1, expectedOutput: 2 }],
        config: { factor: 2 },
        task: (input: number, { config }: { config: { factor: number } }) => input * config.factor,
        evaluators: {
          right: ({ output, expectedOutput }: { output: number; expectedOutput: number }) => output === expectedOutput,
          slow: async () => 0.5,
        },
      }),
    )
    expect(await executor.check()).toMatchObject({ records: 1, invalidCount: 0 })
    const unit = executor.open(recordOf(await readRecords(executor), 'a'), 1)
    expect(await unit.callTask(1, true).ended).toMatchObject({ result: { status: 'ok', output: '2' } })
    const [right, slow] = await unit.followUps().ended
    expect(right === undefined ? right : describeFollowUp(right)).toMatchObject({
      evaluations: [{ label: 'right', value: true }],
    })
    if (slow?.status !== 'pending') throw new Error('it goes on')
    expect(await slow.call.ended).toMatchObject({ result: { evaluations: [{ label: 'slow', value: 0.5 }] } })
    expect(executor.gauges()).toEqual({ callsInFlight: 0, expiredCalls: 0, tasksCalled: 1 })
  })

  it('is never called before whoever calls it has gone on', async () => {
    const order: string[] = []
    const executor = open(
      await host({ name: 'order', dataset: [{ id: 'a', input: 1 }], task: () => order.push('task') }),
    )
    const record = recordOf(await readRecords(executor), 'a')
    const calls = Array.from({ length: 100 }, () => executor.open(record, 1).callTask(1, false).ended)
    order.push('called')
    await Promise.all(calls)
    expect(order[0]).toBe('called')
    expect(order).toHaveLength(101)
  })

  it('fails a call where it throws, and is given a signal that is aborted', async () => {
    const executor = open(
      await host({
        name: 'fails',
        dataset: [
          { id: 'throws', input: 1 },
          { id: 'waits', input: 2 },
        ],
        task: (input: number, { signal }: { signal: AbortSignal }) => {
          if (input === 1) throw new TypeError('no')
          return new Promise((resolve) => signal.addEventListener('abort', () => resolve('aborted')))
        },
      }),
    )
    const records = await readRecords(executor)
    expect(await executor.open(recordOf(records, 'throws'), 1).callTask(1, false).ended).toMatchObject({
      result: { status: 'error', error: { code: 'E_TASK', name: 'TypeError', message: 'no' } },
    })
    const waiting = executor.open(recordOf(records, 'waits'), 1).callTask(1, false)
    await entered(waiting)
    waiting.abort()
    expect(await waiting.ended).toMatchObject({ result: { status: 'ok', output: '"aborted"' } })
  })

  it('ends calls that are past their timeout, as long as nothing blocks', async () => {
    const executor = open(
      await host({ name: 'never', dataset: [{ id: 'a', input: 1 }], task: () => new Promise(() => {}) }),
    )
    const call = executor.open(recordOf(await readRecords(executor), 'a'), 1).callTask(1, false)
    await entered(call)
    call.abandon('timeout')
    expect(await call.ended).toMatchObject({ status: 'abandoned', reason: 'timeout' })
    expect(executor.gauges().expiredCalls).toBe(1)
  })

  it('rejects what is under way when it is closed, and lets go of a dataset in the middle', async () => {
    let isLetGo = false
    const module = await host({
      name: 'closed',
      dataset: {
        async *[Symbol.asyncIterator]() {
          try {
            for (let input = 0; ; input++) yield { input }
          } finally {
            isLetGo = true
          }
        },
      },
      task: () => new Promise(() => {}),
    })
    const executor = open(module)
    const batches = executor.records({ batchSize: 2 })[Symbol.asyncIterator]()
    const { value } = await batches.next()
    if (value?.[0]?.status !== 'record') throw new Error('there is a record')
    const call = executor.open(value[0].record, 1).callTask(1, false)
    await entered(call)
    await module.close()
    await expect(call.ended).rejects.toMatchObject({ code: 'E_USER_CODE_ENDED' })
    await expect.poll(() => isLetGo).toBe(true)
  })

  it('reads a dataset beside the experiment that is open, and relative paths from its folder', async () => {
    const folder = await tempFolder()
    await writeFile(`${folder}/rows.jsonl`, '{"input":1}\n{"input":2}\n')
    const module = await host({ name: 'file', dataset: jsonl('./rows.jsonl'), task: () => 1 }, folder)
    const [info] = module.definitions
    if (info === undefined) throw new Error('there is a definition')
    expect(await gather(module.records(info.ref, 10))).toHaveLength(2)
  })

  it('leaves no timer behind', async () => {
    const before = getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const module = await host({ name: 'quiet', dataset: [{ id: 'a', input: 1 }], task: () => 1 })
    const executor = open(module)
    await executor.open(recordOf(await readRecords(executor), 'a'), 1).callTask(1, false).ended
    await module.close()
    expect(getActiveResourcesInfo().filter((name) => name === 'Timeout')).toHaveLength(before)
  })
})
