import { describe, expect, it } from 'vitest'
import { checkDatasetSource, type SourceCheckOptions } from '../src/contracts.ts'
import { type DatasetSource, openSource, type SourceItem } from '../src/model/dataset.ts'

const records = [{ id: 'a', input: 1 }, { input: { b: 2, c: [3] } }]
const items: readonly SourceItem[] = records.map((record) => ({ status: 'record', record }))

/** A source that keeps the rules, but for what is given. */
function source(different: Partial<DatasetSource> = {}): object {
  const read = heeding([items])
  return { [openSource]: { description: 'records of a test', checkedFirst: true, read, ...different } }
}

async function rulesBroken(makeDataset: () => unknown, options?: SourceCheckOptions): Promise<string[]> {
  return (await checkDatasetSource(makeDataset, options)).map(({ rule, message }) => `${rule}: ${message}`)
}

describe('checkDatasetSource', () => {
  it.each<[string, () => unknown]>([
    ['an array', () => records],
    ['a generator', () => records.values()],
    ['a promise of a dataset', async () => new Set(records)],
    ['a source', () => source()],
  ])('finds nothing wrong with %s that keeps the rules', async (_what, makeDataset) => {
    expect(await checkDatasetSource(makeDataset)).toEqual([])
    expect(await checkDatasetSource(makeDataset, { expected: records })).toEqual([])
  })

  it('takes records for the same whatever the order of their keys', async () => {
    const expected = [records[0] ?? { input: 0 }, { input: { c: [3], b: 2 } }]
    expect(await checkDatasetSource(() => records, { expected })).toEqual([])
  })

  it('reads an endless dataset no further than it is told', async () => {
    let most = 0
    function* endless() {
      for (let input = 0; ; input++) {
        most = Math.max(most, input)
        yield { input }
      }
    }
    expect(await checkDatasetSource(() => endless(), { maxItems: 20 })).toEqual([])
    expect(most).toBeLessThan(40)
  })

  it('says what is no dataset, once', async () => {
    expect(await rulesBroken(() => 'records.jsonl')).toEqual([
      'is a dataset: dataset: expected an array, a source such as jsonl(), or an iterable of records, got "records.jsonl"',
    ])
  })

  it('finds that nothing is given, or something else', async () => {
    const rule = 'gives its records whole and in order'
    expect(await rulesBroken(() => [])).toEqual([`${rule}: expected at least one record, got none`])
    expect(await rulesBroken(() => [{ input: 1 }, { expected: 2 }])).toEqual([
      expect.stringContaining(
        `${rule}: item 1: expected a record, got a problem: dataset[1]: expected a record with no`,
      ),
    ])
    expect(await rulesBroken(() => records, { expected: [] })).toEqual([`${rule}: item 0: expected no more, got 1 (a)`])
    expect(await rulesBroken(() => records, { expected: [...records, { input: 4 }] })).toEqual([
      `${rule}: expected 3 items, got 2`,
    ])
    expect(await rulesBroken(() => records, { expected: [{ id: 'a', input: 1 }, 'invalid'] })).toEqual([
      expect.stringMatching(/item 1: expected something invalid, got \{"b":2,"c":\[3\]\} \([0-9a-f]{16}\)$/),
    ])
  })

  it('finds two records with one id', async () => {
    const findings = await rulesBroken(() => [records[0], records[0]])
    expect(findings[0]).toMatch(
      /^gives its records whole and in order: .*expected an id that no other record has, got "a"/,
    )
  })

  it('finds records that are not the same the next time', async () => {
    let next = 0
    expect(await rulesBroken(() => [{ input: next++ }])).toEqual([
      expect.stringMatching(/^gives the same records each time: item 0: expected \d \(\w+\), got \d \(\w+\)$/),
    ])
  })

  it('finds a source that says it can be read twice and cannot', async () => {
    const once = () => {
      const batches = [items].values()
      return source({ read: heeding(batches) })
    }
    expect(await rulesBroken(once)).toEqual([
      'starts from the beginning each time, when it is checked first: expected 2 items, got 0',
    ])
    const honest = () => {
      const batches = [items].values()
      return source({ checkedFirst: false, read: heeding(batches) })
    }
    expect(await checkDatasetSource(honest)).toEqual([])
  })

  it('finds a source that does not heed its signal, or says something else', async () => {
    expect(await rulesBroken(() => source({ read: () => toAsync([items].values()) }))).toEqual([
      "stops when its signal is aborted: expected the signal's reason to be thrown, got 2 items and nothing thrown",
    ])
    const own = source({
      async *read({ signal }) {
        if (signal.aborted) throw new Error('stopped')
        yield items
      },
    })
    expect(await rulesBroken(() => own)).toEqual([
      "stops when its signal is aborted: expected the signal's reason to be thrown, got stopped",
    ])
  })

  it('finds a description of several lines, and a problem that says nothing', async () => {
    const odd = source({
      description: 'two\nlines',
      read: heeding([[{ status: 'invalid', problem: { message: ' ' } }]]),
    })
    expect(await rulesBroken(() => odd, { expected: ['invalid'] })).toEqual([
      'describes itself in one line of text: expected a line of text, got two\\u000alines',
      'says what is wrong with what is no record: item 0: expected a problem with a message, got one without',
    ])
  })

  it.each<[string, unknown, string]>([
    ['no array', './a.jsonl', 'expected an array of paths and URLs, got "./a.jsonl"'],
    ['an empty path', [''], 'expected a path or a file: URL, got ""'],
    ['a number', [1], 'expected a path or a file: URL, got the number 1'],
    ['an address', [new URL('https://example.com/a')], 'expected a path or a file: URL, got https://example.com/a'],
    ['a file that is not there', ['./none.jsonl'], 'expected a file at ./none.jsonl, got none'],
    ['a folder', ['src'], 'expected a file at src, got something else, in which no change is seen'],
  ])('finds %s among the files that a source says it reads', async (_what, files, message) => {
    const odd = { ...source(), [openSource]: { ...Reflect.get(source(), openSource), files } }
    expect(await rulesBroken(() => odd)).toEqual([`names files that are there, where it names any: ${message}`])
  })

  it('finds nothing wrong with files that are there', async () => {
    const files = ['package.json', new URL(import.meta.url)]
    expect(await checkDatasetSource(() => source({ files }))).toEqual([])
  })

  it('finds what a source adds to every object', async () => {
    function* polluting() {
      Object.defineProperty(Object.prototype, 'polluted', { value: true, configurable: true })
      yield* records
    }
    try {
      expect(await rulesBroken(() => polluting())).toContain(
        'changes nothing that other code relies on: expected Object.prototype as it was, got polluted added to it',
      )
    } finally {
      Reflect.deleteProperty(Object.prototype, 'polluted')
    }
  })

  it('reports a dataset that throws for each rule that needs its records', async () => {
    function* throwing() {
      yield records[0]
      throw new Error('the database went away')
    }
    const findings = await rulesBroken(() => throwing())
    expect(findings.length).toBeGreaterThan(2)
    expect(findings[0]).toContain('the dataset threw after 1 record: the database went away')
  })
})

/** Reads batches, until the signal says no. */
function heeding(batches: Iterable<readonly SourceItem[]>) {
  return async function* read({ signal }: { readonly signal: AbortSignal }) {
    signal.throwIfAborted()
    yield* batches
  }
}

async function* toAsync<T>(values: Iterable<T>): AsyncGenerator<T> {
  yield* values
}
