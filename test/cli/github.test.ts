import { expect, test } from 'vitest'
import { cliProject } from '../helpers/cli.ts'
import { runnerCommands, runnerPayloads } from '../helpers/github-runner.ts'
import { experiment, numbered, passing } from '../helpers/modules.ts'

const hostile = experiment(
  `dataset: payloads.map((text, index) => ({ id: index + text, input: text, expectedOutput: text, tags: ['a:' + text] })),
  task: (text) => { console.log(text); process.stderr.write(text + '\\n'); if (text.length % 3 === 0) throw new Error(text); return text },
  evaluators: { right: ({ output }) => ({ value: false, reasoning: output }), kind: ({ output }) => output },
  config: { text: payloads.join('\\n') },`,
  `const payloads = ${JSON.stringify(runnerPayloads)}`,
)

test.each(['terminal', 'plain', 'json', 'ndjson', 'junit', 'markdown', 'csv', 'html'])(
  "in GitHub Actions nothing that is printed is a command but the tool's own (%s)",
  async (reporter) => {
    const project = await cliProject({ 'exp.ts': hostile })
    const env = {
      GITHUB_ACTIONS: 'true',
      CI: 'true',
      GITHUB_WORKSPACE: project.folder,
      GITHUB_STEP_SUMMARY: 'summary.md',
    }
    const { exitCode, stdout, stderr } = await project.run(['run', 'exp.ts', '--debug', '--reporter', reporter], {
      env,
    })

    expect(exitCode).toBe(1)
    expect(stderr).toContain('owned')
    expect(runnerCommands(stdout)).toEqual([])
    expect(new Set(runnerCommands(stderr).map(({ name }) => name))).toEqual(new Set(['error']))
    expect(runnerCommands(stderr)[0]?.properties).toMatchObject({ title: 'exp failed', file: 'exp.ts' })
    expect(project.read('summary.md')).toContain('**failed** `exp`')
    if (reporter === 'json') expect(JSON.parse(stdout)).toMatchObject({ exitCode: 1 })
  },
)

test('in GitHub Actions --no-github leaves the summary and the annotations out', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`${numbered(2)} ${passing} thresholds: { same: { min: 2 } },`),
  })
  const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: 'summary.md' }
  const { exitCode, stderr } = await project.run(['run', 'exp.ts', '--no-github'], { env })

  expect(exitCode).toBe(1)
  expect(runnerCommands(stderr)).toEqual([])
  expect(project.exists('summary.md')).toBe(false)
})
