import { readFileSync } from 'node:fs'
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { cliProject } from '../helpers/cli.ts'

const page = readFileSync(new URL('../../docs/library.md', import.meta.url), 'utf8')

/** The modules that the page shows, by their names. */
const modules = Object.fromEntries(
  Array.from(page.matchAll(/```js\n\/\/ (\S+\.mjs)\n([\s\S]*?)```/g), ([, name = '', text = '']) => [name, text]),
)

async function runExample(name: string) {
  const project = await cliProject(modules)
  const result = await project.shell(`exec ${process.execPath} ${name}`)
  return { project, ...result }
}

describe('what docs/library.md shows', () => {
  it('is these modules', () => {
    expect(Object.keys(modules)).toEqual(['capitals.mjs', 'report.mjs', 'follow.mjs', 'blocking.mjs'])
  })

  it('says what came of a run, and prints a table', async () => {
    const { stdout, stderr, exitCode, project } = await runExample('report.mjs')
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^false failed: capitals: exact: wanted/)
    expect(stdout).toMatch(/'jp' +│ 'Kyoto' +│ false/)
    expect(project.only().manifest).toMatchObject({ options: { jobs: 20 }, definition: { tags: { team: 'geo' } } })
  })

  it('follows the events of a run', async () => {
    const { stdout, stderr } = await runExample('follow.mjs')
    expect(stderr).toBe('')
    const lines = stdout.trimEnd().split('\n')
    expect(lines.slice(0, 3).sort()).toEqual(['fr ok', 'jp ok', 'pe ok'])
    expect(lines.slice(3)).toEqual(['false'])
  })

  it('blocks', async () => {
    const { stdout, stderr } = await runExample('blocking.mjs')
    expect([stdout, stderr]).toEqual(["1 [ 'fr', 'jp', 'pe' ]\n", ''])
  })
})
