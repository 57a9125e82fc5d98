import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const page = readFileSync(new URL('../../docs/reliability.md', import.meta.url), 'utf8')
const rows = Array.from(
  page.matchAll(/^\| (?!Promise|---)(.+?) \| (.*`.*\.test\.ts`.*) \|$/gm),
  ([, promise = '', proof = '']) => ({
    promise,
    proof,
  }),
)

/** Names that a proof gives: a file, and what follows it up to the next. */
function namedIn(proof: string): { readonly file: string; readonly titles: readonly string[] }[] {
  return Array.from(proof.matchAll(/`([\w./-]+\.test\.ts)`([^`]*)/g), ([, file = '', rest = '']) => ({
    file,
    titles: Array.from(rest.matchAll(/_([^_]+)_/g), ([, title = '']) => title),
  }))
}

it('docs/reliability.md has a promise in each row of its table', () => {
  expect(rows.length).toBeGreaterThan(10)
})

it.each(rows.map(({ promise, proof }) => [promise.slice(0, 60), proof] as const))(
  'the tests are there that prove: %s…',
  (_promise, proof) => {
    const named = namedIn(proof)
    expect(named.length).toBeGreaterThan(0)
    for (const { file, titles } of named) {
      const path = new URL(`../${file}`, import.meta.url)
      expect([file, existsSync(path)]).toEqual([file, true])
      const source = readFileSync(path, 'utf8')
      // What a title leaves out varies from test to test.
      const pieces = titles.flatMap((title) => title.split('…').map((piece) => piece.trim()))
      expect(pieces.filter((piece) => !source.includes(piece))).toEqual([])
    }
  },
)
