import { describe, expect, it } from 'vitest'
import { formatTags, mergeTags } from '../../../src/backends/datadog/tags.ts'

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
})
