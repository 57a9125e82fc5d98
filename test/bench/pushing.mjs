// What a backend costs: one that never answers, and one that takes everything.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { compare, measure } from './measure.mjs'
import { llmobsExp } from './programs.mjs'

const sinkFile = fileURLToPath(new URL('sink.mjs', import.meta.url))
/** V8 and the sockets take some; what must not be is that results pile up. */
const MORE_MEGABYTES = 64

/**
 * @param {{ rows: number, many: number, rounds: number, tell: (line: object) => void, seconds: (value: number) => string, megabytes: (value: number) => string }} bench
 */
export async function benchPushing(bench) {
  await benchBlackHole(bench)
  await benchSink(bench)
}

/** From the first event to the last run's end: the check of the keys comes before, the last attempt to push after. */
async function benchBlackHole({ rows, rounds, tell, seconds, megabytes }) {
  const hole = createServer(() => {}).listen(0, '127.0.0.1')
  await once(hole, 'listening')
  const work = { records: rows, jobs: 40, delay: 50 }
  const alone = { ...llmobsExp(work), secondsOf: runTime }
  const holed = pushes(work, portOf(hole), ['--push-timeout', '100ms', '--allow-undelivered'])
  const { ours, other } = await compare({ ours: { ...holed, secondsOf: runTime }, other: alone }, rounds)
  hole.close()
  const what = `${rows.toLocaleString('en-US')} × 50 ms, jobs 40, a backend that never answers`
  tell({
    what: `${what}, beside none`,
    ours: seconds(ours.seconds),
    other: seconds(other.seconds),
    value: ours.seconds / other.seconds,
    limit: 1.03,
    bar: '< 1.03',
  })
  tell({
    what: `${what}, peak memory`,
    ours: megabytes(ours.megabytes),
    other: megabytes(other.megabytes),
    value: (ours.megabytes - other.megabytes) / MORE_MEGABYTES,
    limit: 1,
    bar: `< ${MORE_MEGABYTES} MB more`,
  })
}

async function benchSink({ many, tell, seconds, megabytes }) {
  const sink = await startSink()
  const alone = await measure(llmobsExp({ records: many }))
  const pushed = await measure(pushes({ records: many }, sink.port, ['--push-timeout', '10m']))
  const counts = await sink.end()
  if (counts.spans !== many) throw new Error(`expected ${many} spans at the backend, got ${counts.spans}`)
  const what = `${many.toLocaleString('en-US')} no-op records, pushed`
  const events = counts.spans + counts.metrics
  tell({
    what: `${what}: ${counts.requests} requests, ${(counts.bytes / 1e6).toFixed(0)} MB, ${events.toLocaleString('en-US')} spans and metrics`,
    ours: seconds(pushed.seconds),
    other: `not pushed: ${seconds(alone.seconds)}`,
    value: pushed.seconds / alone.seconds,
  })
  tell({
    what: `${what}: spans and metrics a second, after what the run itself takes`,
    ours: Math.round(events / (pushed.seconds - alone.seconds)).toLocaleString('en-US'),
    value: pushed.seconds - alone.seconds,
  })
  tell({
    what: `${what}, peak memory`,
    ours: megabytes(pushed.megabytes),
    other: megabytes(alone.megabytes),
    value: (pushed.megabytes - alone.megabytes) / MORE_MEGABYTES,
    limit: 1,
    bar: `< ${MORE_MEGABYTES} MB more`,
  })
}

/** The same with a backend on this machine. */
function pushes(work, port, flags) {
  const program = llmobsExp(work)
  const keys = { DD_API_KEY: 'bench-api-key', DD_APP_KEY: 'bench-app-key' }
  const env = { ...program.env, ...keys, DD_LLMOBS_OVERRIDE_ORIGIN: `http://127.0.0.1:${port}` }
  return { ...program, args: [...program.args, ...flags], env }
}

/** Seconds between the first event of the log and the end of its last run. */
function runTime(folder) {
  const experiments = join(folder, 'experiments')
  const [id = ''] = readdirSync(experiments)
  const lines = readFileSync(join(experiments, id, 'events.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
  const last = lines.findLast((line) => line.includes('"type":"run-finished"')) ?? ''
  return (JSON.parse(last).at - JSON.parse(lines[0] ?? '').at) / 1000
}

function portOf(server) {
  const address = server.address()
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}

async function startSink() {
  const child = spawn(process.execPath, [sinkFile], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const { value: port } = await lines.next()
  return {
    port,
    async end() {
      child.stdin.end()
      const { value } = await lines.next()
      return JSON.parse(value)
    },
  }
}
