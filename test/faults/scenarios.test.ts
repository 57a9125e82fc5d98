import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

// Each scenario of the plan of faults is a test whose name begins with its number.

/** Scenarios by the letter of their kind: user code, process, backend, data, concurrency, disk, terminal. */
const scenarios = [
  ...numbers('U', 20),
  ...numbers('P', 16).filter((id) => id !== 'P8'),
  ...numbers('B', 24).filter((id) => id !== 'B22'),
  ...numbers('D', 17),
  ...numbers('C', 8),
  ...numbers('K', 5),
  ...numbers('T', 5),
]

/** Scenarios that cannot be tests here, and why. */
const exceptions: { readonly [id: string]: string } = {
  C4: 'jobs do not adapt to rate limits: there are --jobs, --max-retries and the brake on identical errors',
  C8: 'the store is files that are appended to and renamed; there is no SQLite in it that a network disk could fail',
}

function numbers(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${letter}${index + 1}`)
}

/** Texts in the sources of tests that begin with numbers of scenarios: names of tests, or of what a test is made from. */
function namedIn(source: string): string[] {
  const names = source.matchAll(/['"`]([UPBDCKT]\d{1,2}(?:, [UPBDCKT]\d{1,2})*)(?=[:' ])/g)
  return Array.from(names, ([, ids = '']) => ids.split(', ')).flat()
}

const folder = fileURLToPath(new URL('..', import.meta.url))
const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
  (path) => path.endsWith('.ts') && !path.startsWith('fixtures') && !path.endsWith('scenarios.test.ts'),
)
const named = new Set(paths.flatMap((path) => namedIn(readFileSync(`${folder}/${path}`, 'utf8'))))

it.each(scenarios.filter((id) => !(id in exceptions)))('%s is a test', (id) => {
  expect([...named]).toContain(id)
})

it('there is no test of a scenario that there is not, and no exception that is a test', () => {
  const expected = scenarios.filter((id) => !(id in exceptions))
  expect([...named].filter((id) => !expected.includes(id))).toEqual([])
})
