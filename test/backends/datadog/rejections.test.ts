import { describe, expect, it } from 'vitest'
import { findRejected } from '../../../src/backends/datadog/rejections.ts'
import type { EncodedItem } from '../../../src/model/backend.ts'

const item = (seq: number, spans: string[], metrics: string[]): EncodedItem => ({ seq, spans, metrics })
const items = [
  item(1, ['{"span_id":"aa"}'], []),
  item(2, [], ['{"span_id":"aa","label":"x"}', '{"span_id":"aa","label":"y"}']),
  item(3, ['{"span_id":"bb"}'], []),
  item(4, [], ['{"span_id":"cc","label":"x"}']),
]
const batch = { iteration: 1, runId: 'r', items }
const rejectedOf = (body: unknown) => findRejected(batch, body, (text) => text.toUpperCase())

describe('what an answer rejects of a batch', () => {
  it.each([[undefined], [null], ['text'], [{}], [{ errors: [] }], [{ errors: 'no list' }]])(
    'is nothing for %j',
    (body) => {
      expect(rejectedOf(body)).toEqual([])
    },
  )

  it('is the item at the place it points to, once', () => {
    const at = (pointer: string) => ({ detail: `no: ${pointer}`, source: { pointer } })
    const errors = ['metrics/1', 'metrics/0', 'spans/1', 'metrics/2/label'].map((place) =>
      at(`/data/attributes/${place}`),
    )
    expect(rejectedOf({ errors })).toEqual([
      { index: 1, reason: 'NO: /DATA/ATTRIBUTES/METRICS/1' },
      { index: 2, reason: 'NO: /DATA/ATTRIBUTES/SPANS/1' },
      { index: 3, reason: 'NO: /DATA/ATTRIBUTES/METRICS/2/LABEL' },
    ])
  })

  it('is the item of the span it names, where there is but one', () => {
    expect(rejectedOf({ errors: [{ title: 'no', span_id: 'bb' }, { meta: { span_id: 'cc' } }] })).toEqual([
      { index: 2, reason: 'NO' },
      { index: 3, reason: 'REJECTED WITHOUT A REASON' },
    ])
    expect(rejectedOf({ errors: [{ span_id: 'aa' }] })).toBeUndefined()
  })

  it.each([
    ['a text'],
    [{ detail: 'something' }],
    [{ source: { pointer: '/data/attributes/spans/2' } }],
    [{ source: { pointer: '/data' } }],
    [{ span_id: '' }],
  ])('is not known for %j', (error) => {
    expect(rejectedOf({ errors: [{ source: { pointer: '/data/attributes/spans/0' } }, error] })).toBeUndefined()
  })
})
