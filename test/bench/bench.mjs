// npm run bench: the built command line beside a script by hand, as whole processes, in one sitting. See CONTRIBUTING.md.
//
//   npm run bench                  all bars, some minutes
//   npm run bench -- --quick       small sizes, one round: whether the bench itself works, no verdict
//   npm run bench -- --only start  bars whose name has this in it
//   BENCH_BRAINTRUST=<folder>      also Braintrust, which is installed there

import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { compare } from './measure.mjs'
import { bareNode, braintrust, byHand, help, llmobsExp } from './programs.mjs'
import { benchPushing } from './pushing.mjs'
import { benchReading } from './reading.mjs'
import { benchThreads } from './threads.mjs'

const { values: flags } = parseArgs({ options: { quick: { type: 'boolean' }, only: { type: 'string' } } })
const isQuick = flags.quick === true
const size = (/** @type {number} */ full, /** @type {number} */ quick) => (isQuick ? quick : full)

/** @typedef {{ what: string, ours: string, other: string, ratio: string, bar: string, verdict: string }} Line */

/** @type {Line[]} */
const lines = []
let missed = 0

/**
 * One line of the table. `value` is held against `limit`; without a limit it is only told.
 * @param {{ what: string, ours: string, other?: string, value: number, limit?: number, bar?: string }} line
 */
function tell({ what, ours, other = '', value, limit, bar = '' }) {
  const isHeld = limit === undefined || value <= limit
  if (!isHeld) missed++
  const verdict = limit === undefined || isQuick ? '–' : isHeld ? 'held' : 'MISSED'
  lines.push({ what, ours, other, ratio: value.toFixed(2), bar, verdict })
  process.stderr.write(`${what}: ${ours} / ${other || '–'} = ${value.toFixed(2)} ${bar} ${verdict}\n`)
}

const seconds = (/** @type {number} */ value) => `${value.toFixed(value < 1 ? 3 : 2)} s`
const megabytes = (/** @type {number} */ value) => `${value.toFixed(0)} MB`

/** @type {Promise<Record<string, { seconds: number, megabytes: number }>> | undefined} */
let startTimes

/** What it takes to do one record: taken off before the time per row is compared. */
function start() {
  startTimes ??= compare({ ours: llmobsExp({ records: 1 }), hand: byHand({ records: 1 }) }, size(7, 2))
  return startTimes
}

async function benchStart() {
  // The first run compiles the experiment; what is measured is every later one.
  await compare({ ours: llmobsExp({ records: 1 }) }, 1)
  const { ours, hand } = await start()
  tell({
    what: 'start: 1 no-op record, .ts',
    ours: seconds(ours.seconds),
    other: `by hand, .mjs: ${seconds(hand.seconds)}`,
    value: ours.seconds / hand.seconds,
  })
  const peer = braintrust({ records: 1 })
  if (peer !== undefined) {
    const both = await compare({ ours: llmobsExp({ records: 1 }), peer }, size(7, 1))
    tell({
      what: 'start beside Braintrust',
      ours: seconds(both.ours.seconds),
      other: seconds(both.peer.seconds),
      value: both.ours.seconds / both.peer.seconds,
      limit: 0.5,
      bar: '≤ 0.5',
    })
  }
  const printed = await compare({ ours: help, node: bareNode }, size(15, 3))
  const allowed = 1.3 * printed.node.seconds + 0.03
  tell({
    what: '--help',
    ours: seconds(printed.ours.seconds),
    other: `node -e 0: ${seconds(printed.node.seconds)}`,
    value: printed.ours.seconds / allowed,
    limit: 1,
    bar: '≤ 1.3 × node + 30 ms',
  })
}

async function benchNoop() {
  const few = size(10_000, 1_000)
  const many = size(100_000, 5_000)
  const small = await compare({ ours: llmobsExp({ records: few }), hand: byHand({ records: few }) }, size(5, 1))
  tellTime(`${few.toLocaleString('en-US')} no-op records`, small)
  const large = await compare({ ours: llmobsExp({ records: many }), hand: byHand({ records: many }) }, size(5, 1))
  const what = `${many.toLocaleString('en-US')} no-op records`
  tellTime(what, large, { limit: 4, bar: '≤ 4 (aim 3)' })
  tell({
    what: `${what}, peak memory`,
    ours: megabytes(large.ours.megabytes),
    other: megabytes(large.hand.megabytes),
    value: large.ours.megabytes / 200,
    limit: 1,
    bar: '≤ 200 MB',
  })
  await benchBraintrust(many, large.ours)
  await benchMillion(many, large.ours)
}

async function benchBraintrust(records, ours) {
  const peer = braintrust({ records })
  if (peer === undefined) return
  const measured = await compare({ peer }, size(3, 1))
  tell({
    what: `${records.toLocaleString('en-US')} no-op records beside Braintrust`,
    ours: seconds(ours.seconds),
    other: seconds(measured.peer.seconds),
    value: ours.seconds / measured.peer.seconds,
    limit: 1,
    bar: '< 1',
  })
}

async function benchMillion(fewer, before) {
  const records = size(1_000_000, 20_000)
  const { ours, hand } = await compare({ ours: llmobsExp({ records }), hand: byHand({ records }) }, 1)
  const what = `${records.toLocaleString('en-US')} no-op records`
  tellTime(what, { ours, hand })
  const allowed = 200 + (40 * records * 2) / 1024 ** 2
  tell({
    what: `${what}, peak memory`,
    ours: megabytes(ours.megabytes),
    other: megabytes(hand.megabytes),
    value: ours.megabytes / allowed,
    limit: 1,
    bar: `≤ ${megabytes(allowed)}`,
  })
  const begun = await start()
  const perRecord = (ours.seconds - begun.ours.seconds) / records
  const perRecordBefore = (before.seconds - begun.ours.seconds) / fewer
  tell({
    what: `${what}, time per record beside ${fewer.toLocaleString('en-US')}`,
    ours: `${(perRecord * 1e6).toFixed(1)} µs`,
    other: `${(perRecordBefore * 1e6).toFixed(1)} µs`,
    value: perRecord / perRecordBefore,
    limit: 1.1,
    bar: '≤ 1.1 (linear)',
  })
}

async function benchSleeping() {
  const works = [
    { records: size(200, 20), jobs: 1, delay: 50, limit: 1.05 },
    { records: size(2_000, 100), jobs: 10, delay: 50, limit: 1.05 },
    { records: size(2_000, 1_000), jobs: 100, delay: 50, limit: 1.05 },
    { records: size(20_000, 5_000), jobs: 1_000, delay: 50, limit: 1.15 },
    { records: size(2_000, 200), jobs: 50, delay: 50, tail: true, limit: 1.05 },
  ]
  const begun = await start()
  for (const { limit, ...work } of works) {
    const { ours, hand } = await compare(
      { ours: llmobsExp(work), hand: byHand(work) },
      size(work.jobs === 1 ? 3 : 5, 1),
    )
    const value = (ours.seconds - begun.ours.seconds) / (hand.seconds - begun.hand.seconds)
    const length = work.tail === true ? 'long-tailed tasks' : `× ${work.delay} ms`
    tell({
      what: `${work.records.toLocaleString('en-US')} ${length}, jobs ${work.jobs}, after start`,
      ours: seconds(ours.seconds),
      other: seconds(hand.seconds),
      value,
      limit,
      bar: `≤ ${limit}`,
    })
  }
}

async function benchRuns() {
  const records = size(2_000, 100)
  const work = { jobs: 100, delay: 50 }
  const { three, one } = await compare(
    { three: llmobsExp({ ...work, records, runs: 3 }), one: llmobsExp({ ...work, records: records * 3 }) },
    size(5, 1),
  )
  tell({
    what: `--runs 3 of ${records.toLocaleString('en-US')} beside one run of three times the records`,
    ours: seconds(three.seconds),
    other: seconds(one.seconds),
    value: three.seconds / one.seconds,
    limit: 1.03,
    bar: '≤ 1.03',
  })
}

async function benchLarge() {
  const work = { records: size(5_000, 200), jobs: 100, bytes: 100 * 1024 }
  const { ours, hand } = await compare({ ours: llmobsExp(work), hand: byHand(work) }, size(3, 1))
  const what = `${work.records.toLocaleString('en-US')} outputs of 100 KB, jobs 100`
  tellTime(what, { ours, hand }, { limit: 3, bar: '≤ 3' })
  tell({
    what: `${what}, peak memory`,
    ours: megabytes(ours.megabytes),
    other: megabytes(hand.megabytes),
    value: ours.megabytes / hand.megabytes,
    limit: 2,
    bar: '≤ 2',
  })
}

function tellTime(what, { ours, hand }, against = {}) {
  tell({
    what,
    ours: seconds(ours.seconds),
    other: seconds(hand.seconds),
    value: ours.seconds / hand.seconds,
    ...against,
  })
}

function printTable() {
  const head = ['', 'llmobs-exp', 'beside', 'ratio', 'bar', 'verdict']
  const rows = lines.map(({ what, ours, other, ratio, bar, verdict }) => [what, ours, other, ratio, bar, verdict])
  const print = (/** @type {readonly string[]} */ cells) => console.log(`| ${cells.join(' | ')} |`)
  console.log(
    `\nNode ${process.versions.node}, ${availableParallelism()} cores, ${process.platform} ${process.arch}${isQuick ? ', quick' : ''}; medians of whole processes.`,
  )
  console.log('`ratio` is llmobs-exp over what stands beside it; where the bar is a quantity, over the bar.\n')
  print(head)
  print(head.map(() => '---'))
  for (const row of rows) print(row)
}

const reading = () =>
  benchReading({
    few: size(100_000, 1_000),
    many: size(1_000_000, 5_000),
    rounds: size(3, 1),
    tell,
    seconds,
    megabytes,
  })
const pushing = () =>
  benchPushing({
    rows: size(4_000, 200),
    many: size(100_000, 1_000),
    rounds: size(5, 1),
    tell,
    seconds,
    megabytes,
  })
const benches = {
  start: benchStart,
  noop: benchNoop,
  sleeping: benchSleeping,
  runs: benchRuns,
  large: benchLarge,
  ...benchThreads({ size, tell, seconds }),
  reading,
  pushing,
}
const chosen = Object.entries(benches).filter(([name]) => name.includes(flags.only ?? ''))
if (chosen.length === 0)
  throw new Error(`--only: expected one of ${Object.keys(benches).join(', ')}, got ${flags.only}`)

execFileSync('npm', ['run', '--silent', 'build'], {
  cwd: fileURLToPath(new URL('../..', import.meta.url)),
  stdio: 'inherit',
})
for (const [, bench] of chosen) await bench()
printTable()
if (missed > 0 && !isQuick) process.exitCode = 1
