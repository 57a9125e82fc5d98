import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const file = fileURLToPath(new URL('../../node_modules/.cache/llmobs-exp-faults', import.meta.url))

/** Notes how often something was tried, for what the long tier says at its end. */
export function count(what: string, times = 1): void {
  appendFileSync(file, `${times} ${what}\n`)
}

/** Of a whole run of the tests, all of whose processes count: forgets what was before, and says at the end what there was. */
export default function setup(): () => void {
  mkdirSync(dirname(file), { recursive: true })
  rmSync(file, { force: true })
  appendFileSync(file, '')
  return () => {
    if (process.env.FAULTS === 'all') process.stdout.write(`\nFaults: ${summarize()}\n`)
  }
}

function summarize(): string {
  const sums = new Map<string, number>()
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
    const [times = '', ...what] = line.split(' ')
    const name = what.join(' ')
    sums.set(name, (sums.get(name) ?? 0) + Number(times))
  }
  return Array.from(sums, ([what, times]) => `${times} ${what}`)
    .sort()
    .join(', ')
}
