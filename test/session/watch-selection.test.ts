import { expect, it } from 'vitest'
import type { Selection } from '../../src/engine/plan.ts'
import type { Problem } from '../../src/model/events.ts'
import type { RecordText } from '../../src/model/row.ts'
import { watchSelection } from '../../src/session/watch-selection.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'
import { createFakeExecutor, fakeRecord, recordItem } from '../helpers/fake-executor.ts'

const few = [
  fakeRecord(1, { key: 'alpha', input: '{"a":1}', metadata: '{"lang":"fr","deep":{"level":3}}', tags: ['team:x'] }),
  fakeRecord(2, { key: 'beta', input: '{"a":2}', metadata: '{"lang":"de"}' }),
]

/** Reads all records past a selection, and gives what was said meanwhile and afterwards. */
async function read(selection: Partial<Selection>, records: readonly RecordText[] = few, stopAfter = records.length) {
  const executor = createFakeExecutor({
    clock: createFakeClock(),
    async *records() {
      for (const record of records) yield [recordItem(record)]
    },
  })
  const watch = watchSelection(executor, { filters: [], records: [], ...selection })
  const notices: Problem[] = []
  watch.executor.onNotice((notice) => notices.push(notice))
  let count = 0
  for await (const _items of watch.executor.records({ batchSize: 1 }))
    if (++count === stopAfter && count < records.length) break
  return { notices: notices.map(({ code, message }) => `${code} ${message}`), hint: watch.hint() }
}

const filter = (text: string) => {
  const [key = '', value = ''] = text.split('=')
  return { key, value }
}

it('leaves an executor alone when nothing is selected', () => {
  const executor = createFakeExecutor({ clock: createFakeClock() })
  expect(watchSelection(executor, { filters: [], records: [] }).executor).toBe(executor)
})

it('tells of a record that is not there while others are', async () => {
  expect((await read({ records: ['alpha', 'bta', 'alpha'] })).notices).toEqual([
    'W_UNKNOWN_RECORD --record "bta": no record has this id or key; did you mean "beta"?',
  ])
})

it('tells of nothing when all of them are there, or none', async () => {
  expect((await read({ records: ['alpha', 'beta'] })).notices).toEqual([])
  expect((await read({ records: ['gamma', 'delta'] })).notices).toEqual([])
})

it('tells of nothing when the dataset was not read to its end', async () => {
  expect((await read({ records: ['alpha', 'bta'] }, few, 1)).notices).toEqual([])
})

it.each([
  [{ records: ['bta'] }, 'did you mean "beta"?'],
  [{ records: ['al'] }, 'did you mean "alpha"?'],
  [{ records: ['xxxxxxxx'] }, 'there are "alpha", "beta"'],
  [{ filters: [filter('lnag=fr')] }, 'no record has "lnag"; did you mean "lang"?'],
  [{ filters: [filter('metadata.lnag=fr')] }, 'no record has "metadata.lnag"; did you mean "metadata.lang"?'],
  [{ filters: [filter('lang=f')] }, 'no record has this value of "lang"; did you mean "fr"?'],
  [{ filters: [filter('lang=english')] }, 'no record has this value of "lang"; there are "fr", "de"'],
  [{ filters: [filter('deep.levl=3')] }, 'no record has "deep.levl"; did you mean "deep.level"?'],
  [{ filters: [filter('input.b=1')] }, 'no record has "input.b"; did you mean "input.a"?'],
  [{ filters: [filter('a=1')] }, 'no metadata has "a"; did you mean "input.a"?'],
  [{ filters: [filter('lang=fr'), filter('a=1')] }, 'no metadata has "a"; did you mean "input.a"?'],
  [{ filters: [filter('tema=x')] }, 'no record has "tema"; did you mean "team"?'],
  [{ filters: [filter('tag=team:y')] }, 'no record has this value of "tag"; did you mean "team:x"?'],
  [{ filters: [filter('id=alhpa')] }, 'no record has this value of "id"; did you mean "alpha"?'],
  [{ filters: [filter('expectedOutput.a=1')] }, undefined],
  [{ filters: [filter('lang=fr'), filter('input.a=2')] }, 'each of these matches records, but no record matches all'],
  [{ records: ['alpha'], filters: [filter('lang=de')] }, 'each of these matches records, but no record matches all'],
])('knows what %o may have meant', async (selection, hint) => {
  expect((await read(selection)).hint).toBe(hint)
})

it('has nothing to say of a dataset without records', async () => {
  expect((await read({ records: ['a'], filters: [filter('b=c')] }, [])).hint).toBeUndefined()
})

it('writes what comes from data as escapes', async () => {
  const hostile = [fakeRecord(1, { key: 'a\u001b[2J', metadata: '{"\u202elang":1}' })]
  expect((await read({ records: ['b\u001b[2J'] }, hostile)).hint).toBe('did you mean "a\\u001b[2J"?')
  expect((await read({ filters: [filter('lang=1')] }, hostile)).hint).toBe(
    'no record has "lang"; did you mean "\\u202elang"?',
  )
})
