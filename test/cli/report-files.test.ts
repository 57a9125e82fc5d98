import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cliProject } from '../helpers/cli.ts'
import { isMissing } from '../helpers/foreign-tools.ts'
import { hostileTexts } from '../helpers/hostile.ts'
import { experiment, numbered, passing } from '../helpers/modules.ts'
import { validateJunit } from '../helpers/xmllint.ts'

const files = { junit: 'junit.xml', markdown: 'summary.md', csv: 'rows.csv', html: 'report.html' } as const
const reporters = Object.entries(files).flatMap(([name, file]) => ['--reporter', `${name}=out/${file}`])

const hostile = experiment(
  `dataset: texts.map((text, index) => ({ id: 'r' + index, input: text, expectedOutput: text })), runs: 2,
  task: (text) => { if (text.length % 3 === 0) throw new Error(text); return text },
  evaluators: { right: ({ output }) => ({ value: output.length > 5, reasoning: output }), tone: ({ output }) => output },
  thresholds: { right: 0.99 },`,
  `const texts = ${JSON.stringify([...hostileTexts, '</script><img src=x>', '=1+1', '| a |'])}`,
)

test.skipIf(isMissing('xmllint'))(
  'one command writes every report, and show writes the same from the log',
  async () => {
    const project = await cliProject({ 'exp.ts': hostile })
    const { exitCode, stdout } = await project.run(['run', 'exp.ts', ...reporters])
    const written = Object.values(files).map((file) => project.read(`out/${file}`))
    const shown = await project.run(['show', 'latest', ...reporters])

    expect([exitCode, stdout]).toEqual([1, ''])
    expect(shown.exitCode).toBe(0)
    expect(Object.values(files).map((file) => project.read(`out/${file}`))).toEqual(written)
    // Nothing is left of what they were written as.
    expect(readdirSync(join(project.folder, 'out')).sort()).toEqual(Object.values(files).sort())
    await validateJunit(project.read('out/junit.xml'))
    expect(project.read('out/junit.xml').match(/<testcase /g)).toHaveLength(2 * (hostileTexts.length + 3) + 3)
    expect(Buffer.byteLength(project.read('out/summary.md'))).toBeLessThanOrEqual(60_000)
    expect(project.read('out/report.html')).not.toContain('<img')
    expect(project.read('out/rows.csv')).toContain("'=1+1")
  },
)

test('a report that cannot be written costs neither the others nor the verdict', async () => {
  const project = await cliProject({
    'exp.ts': experiment(
      `${numbered(2)} ${passing.replace('(input) =>', "(input) => rmSync('other', { recursive: true, force: true }) ??")}`,
      "import { rmSync } from 'node:fs'",
    ),
  })
  const args = ['--reporter', 'junit=out/junit.xml', '--reporter', 'markdown=other/summary.md']
  const { exitCode, stderr } = await project.run(['run', 'exp.ts', ...args])

  expect(exitCode).toBe(0)
  expect(stderr).toContain('reporter markdown failed and is left out from here on')
  expect(project.read('out/junit.xml')).toContain('</testsuites>')
})
