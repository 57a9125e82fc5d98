import { describe, expect, it } from 'vitest'
import type { RecordItem } from '../../../src/model/executor.ts'
import { entered, gather, openFixture, readItems, readRecords, recordOf } from './open.ts'

const all = Array.from({ length: 25 }, (_, index) => String(index))

function inputsOf(items: readonly RecordItem[]): string[] {
  return items.flatMap((item) => (item.status === 'record' ? [item.record.input] : []))
}

describe('a dataset that is read beside the experiment', () => {
  it('is read from its beginning, while the experiment reads it and another copy of it is read', async () => {
    const { module, ref, executor } = await openFixture('datasets.ts', 'numbered')
    const [first, second, own] = await Promise.all([
      gather(module.records(ref, 4)),
      gather(module.records(ref, 7)),
      readItems(executor, 10),
    ])
    expect([first, second, own].map(inputsOf)).toEqual([all, all, all])
    expect(first).toEqual(own)
  })

  it('is read on when another experiment of the module is opened', async () => {
    const { module, ref } = await openFixture('datasets.ts', 'numbered')
    const inputs: string[] = []
    for await (const batch of module.records(ref, 5)) {
      inputs.push(...inputsOf(batch))
      module.open({ ref, experimentId: `${inputs.length}`, config: 'null', evaluators: [] })
    }
    expect(inputs).toEqual(all)
  })

  it('is not read further than the batch after the one asked for', async () => {
    const { module, ref, executor } = await openFixture('datasets.ts', 'endless')
    for await (const batch of module.records(ref, 2)) if (inputsOf(batch).includes('4')) break
    const given = await executor.open({ key: 'a', contentHash: '', input: '0' }, 1).callTask(1, false).ended
    expect(given).toMatchObject({ result: { status: 'ok' } })
    const { output } = given.status === 'returned' && given.result.status === 'ok' ? given.result : { output: '' }
    expect(Number(output)).toBeLessThanOrEqual(8)
  })

  it('is gone on with in the thread that takes the place of one that is blocked', async () => {
    const { module, ref, executor, noticed } = await openFixture('datasets.ts', 'numbered')
    const records = await readRecords(executor)
    const inputs: string[] = []
    for await (const batch of module.records(ref, 4)) {
      inputs.push(...inputsOf(batch))
      if (inputs.length !== 8) continue
      const call = executor.open(recordOf(records, recordKey(records, '13')), 1).callTask(1, false)
      await entered(call)
      call.abandon('timeout')
      await noticed('W_THREAD_REPLACED')
    }
    expect(inputs).toEqual(all)
  })

  it('fails as the dataset does', async () => {
    const { module, ref } = await openFixture('datasets.ts', 'throws')
    await expect(gather(module.records(ref, 1))).rejects.toMatchObject({
      code: 'E_DATASET_THREW',
      message: expect.stringContaining('the connection was lost'),
    })
  })

  it('fails when the thread is ended, at once when it was before', async () => {
    const { module, ref } = await openFixture('datasets.ts', 'endless')
    const failing = expect(gather(module.records(ref, 1))).rejects.toMatchObject({ code: 'E_USER_CODE_ENDED' })
    await module.close()
    await failing
    await expect(gather(module.records(ref, 1))).rejects.toMatchObject({ code: 'E_USER_CODE_ENDED' })
  })
})

function recordKey(records: Awaited<ReturnType<typeof readRecords>>, input: string): string {
  for (const [key, record] of records) if (record.input === input) return key
  throw new Error(`no record has the input ${input}`)
}
