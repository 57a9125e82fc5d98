import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTagWriter, formatTags, mergeTags } from '../../../src/backends/datadog/tags.ts'

describe('tags', () => {
  it('vector 34: an automatic tag is there once, with its real value', () => {
    const given = [
      'experiment_id:fake',
      'dataset_id:fake',
      'Run_ID : fake',
      'experiment_id:other',
      'experiment_ids:kept',
    ]
    expect(mergeTags(given, { experiment_id: 'e', dataset_id: 'd', run_id: 'r' })).toEqual([
      'experiment_ids:kept',
      'experiment_id:e',
      'dataset_id:d',
      'run_id:r',
    ])
  })

  it('vector 34: a key of the dataset may be there several times', () => {
    expect(mergeTags(['topic:math', 'topic:logic', 'topic:math'], {})).toEqual(['topic:math', 'topic:logic'])
  })

  it('has no tag without a value', () => {
    expect(formatTags({ a: '1', b: undefined, c: '', d: 'x:y' })).toEqual(['a:1', 'd:x:y'])
    expect(mergeTags(['b:given'], { b: undefined })).toEqual(['b:given'])
  })

  it('are written the same, whichever of them are there each time', () => {
    const key = fc.constantFrom('a', 'b', 'run_id', 'Retries', 'experiment_id')
    const tag = fc.tuple(key, fc.string({ maxLength: 2 })).map(([name, value]) => `${name}:${value}`)
    const automatic = (...keys: string[]) =>
      fc.record(Object.fromEntries(keys.map((name) => [name, fc.option(fc.constantFrom('', '1'), { nil: undefined })])))
    fc.assert(
      fc.property(
        fc.array(tag),
        fc.array(tag),
        automatic('experiment_id', 'run_id'),
        automatic('retries', 'b'),
        (given, more, always, sometimes) => {
          const written = createTagWriter(given, always)(more, sometimes)
          expect(JSON.parse(written)).toEqual(mergeTags([...given, ...more], { ...always, ...sometimes }))
        },
      ),
    )
  })
})
