// Runs one whole process and measures it from outside: wall time, and the most memory it ever had.

import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

/** @typedef {{ seconds: number, megabytes: number, stdout: string }} Measured */
/**
 * `secondsOf` reads from what the process left in its folder how long the part took that is asked for.
 *
 * @typedef {{ command: string, args: readonly string[], env?: NodeJS.ProcessEnv, cwd?: string, expect?: RegExp, secondsOf?: (folder: string) => number }} Program
 */

const POLL_MS = 20
const gnuTime = '/usr/bin/time'

/**
 * @param {Program} program
 * @returns {Promise<Measured>}
 */
export async function measure(program) {
  const folder = mkdtempSync(join(tmpdir(), 'llmobs-exp-bench-'))
  try {
    return await measureIn(folder, program)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Arguments and environment may name the folder that is gone afterwards, as `{folder}`. */
async function measureIn(folder, { command, args, env = {}, cwd, expect, secondsOf }) {
  const place = (/** @type {string} */ text) => text.replaceAll('{folder}', folder)
  const report = join(folder, 'time')
  const isTimed = existsSync(gnuTime)
  const whole = [command, ...args.map(place)]
  const [executable = '', ...rest] = isTimed ? [gnuTime, '-f', '%M', '-o', report, ...whole] : whole
  const ownEnv = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, place(String(value))]))
  const startedAt = process.hrtime.bigint()
  const child = spawn(executable, rest, {
    cwd: cwd === undefined ? folder : place(cwd),
    env: { ...cleanEnvironment(), ...ownEnv },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const memory = isTimed ? undefined : pollMemory(child.pid)
  const { code, stdout, stderr } = await output(child)
  const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9
  const kilobytes =
    memory === undefined ? Number(readFileSync(report, 'utf8').trim().split('\n').at(-1)) : memory.stop()
  if (code !== 0 || (expect !== undefined && !expect.test(stdout))) {
    throw new Error(`${whole.join(' ')} ended with ${code}:\n${stdout.slice(-2000)}\n${stderr.slice(-2000)}`)
  }
  return { seconds: secondsOf?.(folder) ?? seconds, megabytes: kilobytes / 1024, stdout }
}

/** @param {import('node:child_process').ChildProcess} child */
function output(child) {
  const texts = { stdout: '', stderr: '' }
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    texts.stdout += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    texts.stderr += text
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, ...texts }))
  })
}

/** Where there is no GNU time: the kernel's own high-water mark, looked at until the process is gone. */
function pollMemory(pid) {
  let peak = Number.NaN
  const look = () => {
    try {
      peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? peak)
    } catch {
      // It has just ended, or there is no /proc.
    }
  }
  const timer = setInterval(look, POLL_MS)
  look()
  return {
    stop() {
      clearInterval(timer)
      return peak
    },
  }
}

/** Nothing that would make one of the programs behave otherwise than for a user. */
function cleanEnvironment() {
  const foreign = /^(?:npm_|NODE_OPTIONS$|LLMOBS_EXP_|DD_|CI$|FORCE_COLOR$|NO_COLOR$|BENCH_)/i
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
}

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/**
 * Measures several programs in turn, A B A B, so that what the machine does meanwhile meets them alike.
 * @param {Record<string, Program>} programs
 * @param {number} rounds
 * @returns {Promise<Record<string, { seconds: number, megabytes: number }>>} medians
 */
export async function compare(programs, rounds) {
  const all = Object.fromEntries(Object.keys(programs).map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, program] of Object.entries(programs)) all[name].push(await measure(program))
  }
  return Object.fromEntries(
    Object.entries(all).map(([name, measured]) => [
      name,
      { seconds: median(measured.map((one) => one.seconds)), megabytes: median(measured.map((one) => one.megabytes)) },
    ]),
  )
}
