import { describe, expect, it } from 'vitest'
import { describeFollowUp, entered, openFixture, readItems, readRecords, recordOf } from './open.ts'

describe('a thread that is blocked', () => {
  it('is replaced: the call that blocks it is past its timeout, the others are begun again', async () => {
    const { executor, noticed } = await openFixture('calls.ts', 'blocks')
    const records = await readRecords(executor)
    const quick = executor.open(recordOf(records, 'quick'), 1)
    await quick.callTask(1, false).ended

    const slow = executor.open(recordOf(records, 'slow'), 1)
    const slowTask = slow.callTask(1, true)
    const blocking = executor.open(recordOf(records, 'block'), 1)
    await blocking.callTask(1, true).ended
    const followUps = blocking.followUps()
    await entered(followUps)
    const waiting = quick.callEvaluator('judge', '"quick"')
    expect(waiting.startedAt()).toBeUndefined()

    followUps.abandon('timeout')
    expect((await followUps.ended).map(describeFollowUp)).toEqual(['timeout', 'not-begun'])
    expect(await noticed('W_THREAD_REPLACED')).toMatchObject({
      severity: 'warning',
      key: 'block',
      message: expect.stringMatching(/^evaluator judge of row "block", run 1 blocked its thread past a timeout; /),
    })
    expect(await waiting.ended).toMatchObject({
      result: { status: 'ok', evaluations: [{ label: 'judge', value: true }] },
    })
    expect(await slowTask.ended).toMatchObject({ result: { status: 'ok', output: '"slow"' } })
    // The engine makes the calls that nobody makes for it any more.
    expect(await blocking.callEvaluator('after', '"block"').ended).toMatchObject({
      result: { status: 'ok', evaluations: [{ label: 'after', value: 1 }] },
    })
    expect(executor.gauges()).toMatchObject({ callsInFlight: 0, expiredCalls: 0 })
  })

  it('goes on with the dataset where it was, and is not taken for blocked when it answers', async () => {
    const { executor, notices, noticed } = await openFixture('datasets.ts', 'numbered')
    const inputs: string[] = []
    for await (const batch of executor.records({ batchSize: 4 })) {
      for (const item of batch) {
        if (item.status === 'record') inputs.push(item.record.input)
        if (item.status !== 'record' || item.record.input !== '13') continue
        expect(notices).toEqual([])
        const call = executor.open(item.record, 1).callTask(1, false)
        await entered(call)
        call.abandon('timeout')
        await noticed('W_THREAD_REPLACED')
      }
    }
    expect(inputs).toEqual(Array.from({ length: 25 }, (_, index) => String(index)))
  })
})

describe('a thread that user code ends', () => {
  it('gives up all that is under way, with the place of process.exit, and all that comes later', async () => {
    const { executor } = await openFixture('calls.ts', 'exits')
    const records = await readRecords(executor)
    const hanging = executor.open(recordOf(records, 'hang'), 1).callTask(1, false)
    const works = executor.open(recordOf(records, 'works'), 1).callTask(1, false)
    expect(await works.ended).toMatchObject({ result: { output: '"works"' } })
    const exiting = executor.open(recordOf(records, 'exit'), 1).callTask(1, false)
    const error = {
      code: 'E_USER_CODE_ENDED',
      message: 'user code called process.exit(3)',
      stack: expect.stringMatching(/at quit \(.*calls\.ts:\d+:\d+\)/),
    }
    await expect(exiting.ended).rejects.toMatchObject(error)
    await expect(hanging.ended).rejects.toMatchObject(error)
    const later = executor.open(recordOf(records, 'works'), 1).callTask(1, false)
    await expect(later.ended).rejects.toMatchObject(error)
    await expect(executor.check()).rejects.toMatchObject(error)
  })

  it('keeps a result that was in hand but not sent yet', async () => {
    const { executor } = await openFixture('calls.ts', 'exits')
    const records = await readRecords(executor)
    const works = executor.open(recordOf(records, 'works'), 1).callTask(1, false)
    const exiting = executor.open(recordOf(records, 'exit-soon'), 1).callTask(1, false)
    await expect(exiting.ended).rejects.toMatchObject({ code: 'E_USER_CODE_ENDED' })
    expect(await works.ended).toMatchObject({ result: { output: '"works"' } })
  })

  it.each([
    ['throw', /an error that user code did not catch: .*undefined/],
    ['reject', /an error that user code did not catch: floating/],
  ])('names what it did not catch: %s', async (key, message) => {
    const { executor } = await openFixture('calls.ts', 'exits')
    const call = executor.open(recordOf(await readRecords(executor), key), 1).callTask(1, false)
    await expect(call.ended).rejects.toMatchObject({
      code: 'E_USER_CODE_ENDED',
      message: expect.stringMatching(message),
      hint: 'await every promise, and catch errors in callbacks and timers',
    })
  })
})

describe('reading the dataset in a thread', () => {
  it('goes no further than the batch after the one that is asked for', async () => {
    const { executor } = await openFixture('datasets.ts', 'endless')
    const batches = executor.records({ batchSize: 5 })[Symbol.asyncIterator]()
    const first = await batches.next()
    const [item] = first.value ?? []
    if (item?.status !== 'record') throw new Error('there is a record')
    const end = await executor.open(item.record, 1).callTask(1, false).ended
    if (end.status !== 'returned' || end.result.status !== 'ok') throw new Error('the task succeeds')
    expect(Number(end.result.output)).toBeLessThanOrEqual(10)
  })

  it('gives what came before the error of a dataset that throws', async () => {
    const { executor } = await openFixture('datasets.ts', 'throws')
    const inputs: string[] = []
    const reading = (async () => {
      for await (const batch of executor.records({ batchSize: 1 }))
        for (const item of batch) if (item.status === 'record') inputs.push(item.record.input)
    })()
    await expect(reading).rejects.toMatchObject({
      code: 'E_DATASET_THREW',
      message: expect.stringContaining('the connection was lost'),
    })
    expect(inputs).toEqual(['1', '2'])
  })

  it('counts records and problems beforehand', async () => {
    const { executor } = await openFixture('datasets.ts', 'invalid')
    expect(await executor.check()).toMatchObject({
      records: 2,
      invalidCount: 1,
      invalid: [{ message: expect.any(String) }],
    })
    expect((await readItems(executor)).map(({ status }) => status)).toEqual(['record', 'invalid', 'record'])
  })
})
