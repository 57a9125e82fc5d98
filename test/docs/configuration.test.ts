import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { cliProject } from '../helpers/cli.ts'
import { experiment, numbered, passing } from '../helpers/modules.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const page = readFileSync(join(root, 'docs', 'configuration.md'), 'utf8')

/** The example that names its file in its first line. */
function example(name: string): string {
  for (const [, code = ''] of page.matchAll(/^```\w+\n([\s\S]*?)^```$/gm)) {
    if (new RegExp(`^(?://|#) ${name}\n`).test(code)) return code
  }
  throw new Error(`docs/configuration.md has no example of ${name}`)
}

const files = {
  'exp.ts': experiment(`${numbered(2)} ${passing} tags: { area: 'eu' },`),
  'llmobs-exp.config.ts': example('llmobs-exp\\.config\\.ts'),
}

test('the example of a config file does what the page says', async () => {
  const project = await cliProject(files)
  const { exitCode, stderr } = await project.run(['run', 'exp.ts'])

  expect([exitCode, stderr]).toEqual([0, expect.stringContaining('20 jobs')])
  expect(project.only().manifest).toMatchObject({
    options: { jobs: 20, timeout: 30_000, maxErrors: '1%' },
    definition: { tags: { team: 'support', area: 'eu' } },
  })
  expect(project.exists('reports/latest.json')).toBe(true)
})

test('the example of a config file has the right types', async () => {
  const project = await cliProject({
    ...files,
    'tsconfig.json':
      '{ "compilerOptions": { "strict": true, "noEmit": true, "module": "nodenext", "types": ["node"] } }',
  })
  const tsc = join(root, 'node_modules', '.bin', 'tsc')
  const typeRoots = join(root, 'node_modules', '@types')
  const args = ['-p', project.folder, '--typeRoots', typeRoots]
  expect(execFileSync(tsc, args, { encoding: 'utf8' })).toBe('')
})

test('the example of .env wins over the config file and loses against the environment', async () => {
  const project = await cliProject({ ...files, '.env': example('\\.env') })
  const fromFile = await project.run(['run', 'exp.ts'])
  const switchedOff = await project.run(['run', 'exp.ts'], { env: { LLMOBS_EXP_JOBS: '' } })
  const fromEnvironment = await project.run(['run', 'exp.ts'], { env: { LLMOBS_EXP_JOBS: '5' } })

  expect(fromFile.stderr).toContain('8 jobs')
  expect(switchedOff.stderr).toContain('20 jobs')
  expect(fromEnvironment.stderr).toContain('5 jobs')
})

test('the error that the page shows is the one that is printed', async () => {
  const text = 'export default { job: 3 }\n'
  const project = await cliProject({ 'exp.ts': files['exp.ts'], 'llmobs-exp.config.mjs': text })
  const { stderr } = await project.run(['run', 'exp.ts'])
  const shown = stderr.trim().replaceAll(project.folder, '…').replaceAll('config.mjs', 'config.ts')

  expect(page).toContain(`\`\`\`\n${shown}\n\`\`\``)
})
