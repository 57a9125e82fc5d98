import { readFile, writeFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { renderOptionsMarkdown } from '../../src/config/render-options.ts'

const page = new URL('../../docs/cli.md', import.meta.url)
const section = /(<!-- options:start [^\n]*-->\n).*(<!-- options:end -->)/s

it('docs/cli.md lists the options as they are (UPDATE_DOCS=1 rewrites it)', async () => {
  const text = await readFile(page, 'utf8')
  expect(text).toMatch(section)
  const current = text.replace(section, (_all, start, end) => `${start}\n${renderOptionsMarkdown()}\n\n${end}`)
  if (process.env.UPDATE_DOCS === '1') await writeFile(page, current)
  else expect(text).toBe(current)
})
