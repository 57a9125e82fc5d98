import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { beforeEach, describe, expect, it } from 'vitest'
import { type CliProject, cliProject } from '../helpers/cli.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const page = readFileSync(join(root, 'docs', 'dataset-sources.md'), 'utf8')

/** The modules that the page shows, by their names. */
const modules = Object.fromEntries(
  Array.from(page.matchAll(/```ts\n\/\/ (\S+\.ts)\n([\s\S]*?)```/g), ([, name = '', text = '']) => [name, text]),
)

let project: CliProject
beforeEach(async () => {
  project = await cliProject(modules)
  project.write('questions.json', '[{"q":"a","a":"A"},{"q":"b","a":"B"}]')
  project.write('tickets/1.txt', 'billing\nI was charged twice.\n')
  project.write('tickets/2.txt', 'bug\nThe page stays white\nand says nothing.\n')
})

describe('what docs/dataset-sources.md shows', () => {
  it('is these modules', () => {
    expect(Object.keys(modules)).toEqual(['questions.ts', 'tickets.ts', 'triage.ts', 'tickets.test.ts'])
  })

  it('runs', async () => {
    for (const file of ['questions.ts', 'triage.ts']) {
      const { exitCode, stderr } = await project.run(['run', file])
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
    }
    const [questions, triage] = project.stored()
    expect(questions?.rows.map(({ output }) => output)).toEqual(['A', 'B'])
    expect(triage?.rows.map(({ key, output }) => [key, output])).toEqual([
      ['1.txt', 'billing'],
      ['2.txt', 'bug'],
    ])
  })

  it('names the file of a ticket without a text before anything runs, and leaves it out when told to', async () => {
    project.write('tickets/3.txt', 'bug\n')
    const refused = await project.run(['run', 'triage.ts'])
    expect(refused.exitCode).toBe(2)
    expect(refused.stderr).toContain('expected a text below the label, got none')
    expect(refused.stderr).toMatch(/3\.txt:2/)
    expect((await project.run(['run', 'triage.ts', '--skip-invalid'])).exitCode).toBe(0)
    expect(project.only().rows).toHaveLength(2)
  })

  it('keeps the contract, in the test runner of Node', async () => {
    const outfile = join(project.folder, 'tickets.test.mjs')
    await build({
      entryPoints: [join(project.folder, 'tickets.test.ts')],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      external: ['llmobs-exp', 'llmobs-exp/*'],
    })
    const { exitCode, stdout } = await project.shell('node --test tickets.test.mjs')
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^# pass 1$/m) })
  })

  it('compiles', () => {
    const typeRoots = [join(root, 'node_modules', '@types')]
    const compilerOptions = {
      strict: true,
      noEmit: true,
      module: 'nodenext',
      target: 'es2023',
      types: ['node'],
      typeRoots,
    }
    project.write(
      'tsconfig.json',
      JSON.stringify({ compilerOptions: { ...compilerOptions, allowImportingTsExtensions: true }, include: ['*.ts'] }),
    )
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    expect(execFileSync(process.execPath, [compiler, '-p', project.folder], { encoding: 'utf8' })).toBe('')
  })
})
