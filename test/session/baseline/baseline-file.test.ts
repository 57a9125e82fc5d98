import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseBaseline, writeBaseline } from '../../../src/session/baseline/baseline-file.ts'
import { compareScores } from '../../../src/session/compare/compare.ts'
import { directionsOf } from '../../../src/session/compare/directions.ts'
import { fakeScores } from '../../helpers/scores.ts'

const records = [
  { key: 'b', exact: true, tokens: 3, latency: 12.3456 },
  { key: 'a', exact: false, tokens: null },
] as const

describe('a baseline file', () => {
  it('has a line for each record, by key, and nothing of what went in or came out', () => {
    expect(writeBaseline([fakeScores(records)])).toMatchInlineSnapshot(`
      "{
        "format": "llmobs-exp-baseline",
        "v": 1,
        "experiments": [
          {
            "id":"id-of-capitals","name":"capitals","runs":1,"isComplete":true,
            "labels": [
              {"label":"exact","evaluator":"exact","type":"boolean","scored":2,"errored":0,"skipped":0},
              {"label":"tokens","evaluator":"tokens","type":"score","scored":1,"errored":0,"skipped":1}
            ],
            "summaries": [],
            "records": [
              {"key":"a","contentHash":"c0","state":"f","values":[0,null],"verdicts":"f-"},
              {"key":"b","contentHash":"c0","state":"p","latency":12.346,"values":[1,3],"verdicts":"p-"}
            ]
          }
        ]
      }
      "
    `)
  })

  it('is the same whatever the order of records and experiments', () => {
    const [one, other] = [fakeScores(records), fakeScores(records, 'other')]
    expect(writeBaseline([one, other])).toBe(writeBaseline([other, fakeScores([...records].reverse())]))
  })

  it('compares as the experiment does that it was written from', async () => {
    const side = fc.uniqueArray(
      fc.record({ key: fc.string({ minLength: 1 }), exact: fc.boolean(), tokens: fc.option(fc.integer()) }),
      { selector: ({ key }) => key, minLength: 1, maxLength: 20 },
    )
    const property = fc.asyncProperty(side, side, async (before, after) => {
      const [read] = await parseBaseline(writeBaseline([fakeScores(before)]), 'capitals')
      const directions = directionsOf({})
      const [direct, written] = [
        await compareScores(fakeScores(before), fakeScores(after), directions),
        await compareScores(read ?? fakeScores([]), fakeScores(after), directions),
      ]
      expect(written.labels).toEqual(direct.labels)
      expect(written.counts).toEqual(direct.counts)
    })
    await fc.assert(property, { numRuns: 50 })
  })

  const whole = writeBaseline([fakeScores(records)])

  it.each([
    ['no JSON', '{', /is not a baseline file/],
    ['JSON of something else', '{"experiments":[]}', /is not a baseline file: format/],
    ['a value too few', whole.replace('[1,3]', '[1]'), /experiments\.0: expected each record to have a value/],
    ['a record twice', whole.replace('"key":"a"', '"key":"b"'), /experiments\.0: expected each record once/],
    ['a text for a number', whole.replace('[1,3]', '[1,"3"]'), /experiments\.0\.records\.1\.values\.1/],
    ['a newer format', whole.replace('"v": 1', '"v": 2'), /has format 2, which a newer version of this tool wrote/],
  ])('is refused with %s', async (_what, text, message) => {
    await expect(parseBaseline(text, 'b.json')).rejects.toThrow(message)
  })
})
