import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openDataset } from './datasets/open-dataset.ts'
import { readRecords } from './datasets/read-records.ts'
import type { DatasetRecord, DatasetSource, OpenOptions } from './model/dataset.ts'
import { toErrorInfo } from './model/error-info.ts'
import type { RecordItem } from './model/executor.ts'
import { makeVisible, quote } from './model/quote.ts'

/** A rule that a dataset source does not keep. */
export interface SourceFinding {
  readonly rule: string
  /** What was expected, and what came. */
  readonly message: string
}

/** What is known of the dataset that {@link checkDatasetSource} is given. */
export interface SourceCheckOptions {
  /**
   * What it must give, in order; `'invalid'` stands for something that is no record and must be reported as such.
   * @default at least one record, and nothing invalid
   */
  readonly expected?: readonly (DatasetRecord | 'invalid')[]
  /**
   * How many items are read of it.
   * @default 1_000
   */
  readonly maxItems?: number
}

const MAX_ITEMS = 1_000
const MAX_SHOWN = 200
const BATCH = 10

/**
 * Checks that a dataset of your own keeps the rules that `llmobs-exp` relies on: that it gives records, the same each time, names
 * what is none and which files it reads, can be left in the middle, and stops when it is told to. Runs in any test runner.
 *
 * @param makeDataset makes what `dataset` of a definition would be; it is called several times, because a generator can be read once
 * @returns the rules that are not kept; none for a dataset that is all right
 * @example
 * test('tickets() is a dataset source', async () => {
 *   assert.deepEqual(await checkDatasetSource(() => tickets('./fixture.db')), [])
 * })
 */
export async function checkDatasetSource(
  makeDataset: () => unknown,
  options: SourceCheckOptions = {},
): Promise<readonly SourceFinding[]> {
  const findings: SourceFinding[] = []
  const before = Object.getOwnPropertyNames(Object.prototype)
  const open = async () => openDataset(await makeDataset()).source
  const unopened = await open().then(() => undefined, describeThrown)
  if (unopened !== undefined) return [{ rule: 'is a dataset', message: unopened }]
  for (const [rule, check] of Object.entries(rules)) {
    const message = await check(open, options).catch(describeThrown)
    if (message !== undefined) findings.push({ rule, message })
  }
  const added = Object.getOwnPropertyNames(Object.prototype).filter((name) => !before.includes(name))
  if (added.length === 0) return findings
  const message = `expected Object.prototype as it was, got ${show(added.join())} added to it`
  return [...findings, { rule: 'changes nothing that other code relies on', message }]
}

/** Says what is not as the rule wants it. */
type Rule = (open: () => Promise<DatasetSource>, options: SourceCheckOptions) => Promise<string | undefined>

const rules: { readonly [rule: string]: Rule } = {
  async 'describes itself in one line of text'(open) {
    const { description } = await open()
    return /^[^\p{Cc}]+$/u.test(description) ? undefined : `expected a line of text, got ${show(description)}`
  },

  async 'names files that are there, where it names any'(open) {
    const { files = [] } = await open()
    if (!Array.isArray(files)) return `expected an array of paths and URLs, got ${show(quote(files))}`
    return files.map(findFileFault).find((fault) => fault !== undefined)
  },

  async 'gives its records whole and in order'(open, options) {
    const items = await readItems(await open(), options)
    const { expected } = options
    return expected === undefined ? findOddity(items) : findDifference(items, await describeExpected(expected))
  },

  async 'says what is wrong with what is no record'(open, options) {
    const items = await readItems(await open(), options)
    const silent = items.findIndex((item) => item.status === 'invalid' && !/\S/.test(item.problem.message))
    return silent === -1 ? undefined : `item ${silent}: expected a problem with a message, got one without`
  },

  async 'gives the same records each time'(open, options) {
    const [first, second] = [await readItems(await open(), options), await readItems(await open(), options)]
    return findDifference(second, first.map(describeItem))
  },

  async 'starts from the beginning each time, when it is checked first'(open, options) {
    const source = await open()
    if (!source.checkedFirst) return undefined
    const first = await readItems(source, options)
    return findDifference(await readItems(source, options), first.map(describeItem))
  },

  async 'can be left in the middle'(open) {
    for await (const batch of (await open()).read(openOptions())) if (batch.length > 0) break
    return undefined
  },

  async 'stops when its signal is aborted'(open, { maxItems = MAX_ITEMS }) {
    const reason = new Error('the run is being ended')
    let items = 0
    try {
      for await (const batch of (await open()).read(openOptions(AbortSignal.abort(reason)))) {
        items += batch.length
        if (items >= maxItems) break
      }
    } catch (thrown) {
      return thrown === reason ? undefined : `expected the signal's reason to be thrown, got ${describeThrown(thrown)}`
    }
    return items === 0 ? undefined : `expected the signal's reason to be thrown, got ${items} items and nothing thrown`
  },
}

/** What keeps `--watch` from seeing that a file has changed. */
function findFileFault(file: unknown): string | undefined {
  const isPath = (typeof file === 'string' && file !== '') || (file instanceof URL && file.protocol === 'file:')
  if (!isPath) return `expected a path or a file: URL, got ${show(file instanceof URL ? file.href : quote(file))}`
  const path = file instanceof URL ? fileURLToPath(file) : file
  const found = statSync(path, { throwIfNoEntry: false })
  if (found?.isFile() === true) return undefined
  return `expected a file at ${show(path)}, got ${found === undefined ? 'none' : 'something else, in which no change is seen'}`
}

function openOptions(signal = new AbortController().signal): OpenOptions {
  return { baseFolder: '.', signal, batchSize: BATCH }
}

/** Duplicate ids, files that cannot be read and iterables that throw are thrown. */
async function readItems(source: DatasetSource, { maxItems = MAX_ITEMS }: SourceCheckOptions): Promise<RecordItem[]> {
  const items: RecordItem[] = []
  for await (const batch of readRecords(source, { open: openOptions(), batchSize: BATCH })) {
    items.push(...batch)
    if (items.length >= maxItems) break
  }
  return items.slice(0, maxItems)
}

/** Where nothing particular is expected. */
function findOddity(items: readonly RecordItem[]): string | undefined {
  if (items.length === 0) return 'expected at least one record, got none'
  const index = items.findIndex(({ status }) => status === 'invalid')
  const item = items[index]
  return item?.status === 'invalid'
    ? `item ${index}: expected a record, got a problem: ${show(item.problem.message)}`
    : undefined
}

interface Described {
  /** The same for two records that are the same to the tool. */
  readonly identity: string
  readonly shown: string
}

const invalid: Described = { identity: 'invalid', shown: 'something invalid' }

function describeItem(item: RecordItem): Described {
  if (item.status === 'invalid') return invalid
  const { key, id, contentHash, input, tags = [] } = item.record
  return { identity: JSON.stringify([key, id, contentHash, tags]), shown: `${show(input)} (${id ?? key})` }
}

async function describeExpected(expected: readonly (DatasetRecord | 'invalid')[]): Promise<Described[]> {
  const records = expected.filter((item) => item !== 'invalid')
  const described = (await readItems(openDataset(records).source, { maxItems: records.length })).map(describeItem)
  return expected.map((item) => (item === 'invalid' ? invalid : (described.shift() ?? invalid)))
}

function findDifference(items: readonly RecordItem[], expected: readonly Described[]): string | undefined {
  const got = items.map(describeItem)
  const index = got.findIndex(({ identity }, at) => identity !== expected[at]?.identity)
  if (index !== -1) return `item ${index}: expected ${expected[index]?.shown ?? 'no more'}, got ${got[index]?.shown}`
  return got.length === expected.length ? undefined : `expected ${expected.length} items, got ${got.length}`
}

function describeThrown(thrown: unknown): string {
  return show(toErrorInfo('E_DATASET_THREW', thrown).message)
}

function show(text: string): string {
  return makeVisible(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text)
}
