import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const page = readFileSync(new URL('../../docs/sharing.md', import.meta.url), 'utf8')
const fixture = new URL('../fixtures/sharing/', import.meta.url)
const shown = Array.from(page.matchAll(/^`([^`\n]+)`\n\n```ts\n([\s\S]*?)^```$/gm), ([, path = '', code = '']) => ({
  path,
  code,
}))

it.each(shown)('docs/sharing.md shows $path as it is run by test/cli/sharing.test.ts', ({ path, code }) => {
  expect(code).toBe(readFileSync(new URL(path, fixture), 'utf8'))
})

it('docs/sharing.md shows every module but those that say nothing', () => {
  const modules = readdirSync(new URL('packages/', fixture), { recursive: true, encoding: 'utf8' })
  const wanted = modules.filter((path) => path.endsWith('.ts')).map((path) => `packages/${path}`)
  const left = wanted.filter((path) => !shown.some((one) => one.path === path))
  expect(left.sort()).toEqual(['packages/evals/src/index.ts', 'packages/support/src/sort.ts'])
})
