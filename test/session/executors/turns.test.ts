import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inTurns } from '../../../src/session/executors/turns.ts'

function block(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}

describe('messages that are handled in turns', () => {
  it('are handled at once where none of them blocks', () => {
    const handled: number[] = []
    inTurns<number>({ handle: (message) => handled.push(message), ended() {} })([1, 2, 3])
    expect(handled).toEqual([1, 2, 3])
  })

  it('wait for the next turn behind one that blocks', async () => {
    const order: string[] = []
    await new Promise<void>((done) => {
      const take = inTurns<string>({
        handle(message) {
          order.push(message)
          if (message === 'blocks') block(10)
          if (message === 'last') done()
        },
        ended: () => order.push('ended'),
      })
      take(['quick', 'blocks', 'waits'])
      order.push('taken')
      take(['last'])
    })
    expect(order).toEqual(['quick', 'blocks', 'taken', 'ended', 'waits', 'last'])
  })

  it('are handled in their order, each once, whichever block and however they come', async () => {
    const portion = fc.array(fc.boolean(), { maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(fc.array(portion, { minLength: 1, maxLength: 6 }), async (portions) => {
        const count = portions.flat().length
        const handled: number[] = []
        await new Promise<void>((done) => {
          const take = inTurns<readonly [number, boolean]>({
            handle([number, blocks]) {
              handled.push(number)
              if (blocks) block(6)
              if (handled.length === count) done()
            },
            ended() {},
          })
          let number = 0
          for (const messages of portions) take(messages.map((blocks) => [number++, blocks] as const))
          if (count === 0) done()
        })
        expect(handled).toEqual(Array.from({ length: count }, (_, number) => number))
      }),
      { numRuns: 30 },
    )
  })
})
