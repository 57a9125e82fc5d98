import { expect, test } from 'vitest'
import { cliProject } from '../helpers/cli.ts'
import { experiment, numbered, passing } from '../helpers/modules.ts'

const exp = experiment(`${numbered(1)} ${passing}`)

test.each([
  ['the config file', { 'llmobs-exp.config.mjs': "console.log('hi'); export default { store: 'results' }" }, {}],
  ['.env', { '.env': 'LLMOBS_EXP_STORE=results\n' }, {}],
  [
    'a file that LLMOBS_EXP_DOTENV names',
    { 'keys.env': 'LLMOBS_EXP_STORE=results\n' },
    { LLMOBS_EXP_DOTENV: 'keys.env' },
  ],
])('list, show and prune look where run stores: %s', async (_what, files, env) => {
  const project = await cliProject({ 'exp.ts': exp, 'below/x': '', ...files })
  await project.run(['run', 'exp.ts'], { env })
  const list = await project.run(['list'], { env })
  const show = await project.run(['show', 'latest'], { env })

  expect(project.stored('results')).toHaveLength(1)
  expect([list.exitCode, list.stdout]).toEqual([0, expect.stringContaining('passed')])
  expect([show.exitCode, show.stdout]).toEqual([0, expect.stringContaining('passed exp')])

  const prune = await project.run(['prune', '--keep', '0'], { env })
  expect(prune.exitCode).toBe(0)
  expect(project.stored('results')).toEqual([])
})

test('--store and LLMOBS_EXP_STORE win, and the config file is not loaded then', async () => {
  const project = await cliProject({
    'exp.ts': exp,
    'llmobs-exp.config.mjs': "console.log('loaded'); export default { store: 'results' }",
  })
  const flag = await project.run(['list', '--store', 'other'])
  const variable = await project.run(['list'], { env: { LLMOBS_EXP_STORE: 'other' } })
  const empty = await project.run(['list'], { env: { LLMOBS_EXP_STORE: '' } })

  expect([flag.stdout, flag.stderr]).toEqual([expect.stringContaining('no experiments in other'), ''])
  expect(variable.stdout).toContain('no experiments in other')
  expect([empty.stdout, empty.stderr]).toEqual([expect.stringMatching(/no experiments in \S*results yet/), 'loaded\n'])
})

test('a config file that does not load is told, with exit 2', async () => {
  const project = await cliProject({ 'llmobs-exp.config.mjs': 'export default { stroe: "x" }' })
  const { exitCode, stderr } = await project.run(['list'])

  expect(exitCode).toBe(2)
  expect(stderr).toContain('did you mean store?')
})
