import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { jsonl } from '../../src/datasets/jsonl.ts'
import { datasetFiles } from '../../src/load/dataset-files.ts'
import { discover } from '../../src/load/discover.ts'

test('a file that a source names by a path lies in the folder of the experiment, by a URL where that says', () => {
  expect(datasetFiles({ files: ['./a.jsonl', '/data/b.jsonl', pathToFileURL('/data/c.jsonl')] }, '/project')).toEqual([
    '/project/a.jsonl',
    '/data/b.jsonl',
    '/data/c.jsonl',
  ])
})

test.each([[undefined], [{}], [{ files: 'a.jsonl' }], [{ files: [1, null, new URL('https://example.com/a')] }]])(
  'of %j there are none',
  (source) => expect(datasetFiles(source, '/project')).toEqual([]),
)

test('a definition with jsonl() names its file, one with an array none', () => {
  const infoOf = (dataset: unknown) =>
    discover({ default: { name: 'a', dataset, task: () => 1, evaluators: {} } }, '/project/exp.ts')[0]?.info
  expect(infoOf(jsonl('./a.jsonl'))?.dataset.files).toEqual(['/project/a.jsonl'])
  expect(infoOf([])?.dataset).not.toHaveProperty('files')
})
