import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, renameSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { type CliProject, cliProject } from '../helpers/cli.ts'

const fixture = fileURLToPath(new URL('../fixtures/sharing', import.meta.url))
const compiler = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))
const triage = 'packages/support/experiments/triage.ts'
const several = 'packages/support/experiments/several.ts'

/** The monorepo of docs/sharing.md, as `npm install` leaves it. */
async function monorepo(): Promise<CliProject> {
  const project = await cliProject()
  cpSync(fixture, project.folder, { recursive: true })
  const scope = join(project.folder, 'node_modules', '@acme')
  mkdirSync(scope)
  renameSync(join(project.folder, '_node_modules', '@acme', 'judges'), join(scope, 'judges'))
  symlinkSync('../../packages/evals', join(scope, 'evals'))
  return project
}

function compile(project: CliProject): string {
  const args = [compiler, '-p', '.', '--pretty', 'false']
  return spawnSync(process.execPath, args, { cwd: project.folder, encoding: 'utf8' }).stdout
}

function namesIn(project: CliProject, store?: string): string[] {
  return project.stored(store).map(({ manifest }) => manifest.definition.name)
}

test('an experiment takes evaluators and dataset from packages of its workspace and of others', async () => {
  const project = await monorepo()
  const { exitCode, lastLine } = await project.run(['run', triage])

  const { rows } = project.only()
  expect([exitCode, lastLine]).toEqual([0, expect.stringContaining('passed: triage')])
  expect(rows.map(({ key }) => key).sort()).toEqual(['charge', 'crash', 'slow'])
  expect(Object.keys(rows[0]?.evaluations ?? {}).sort()).toEqual(['exact', 'overlap', 'polite', 'short'])
})

test('a URL is taken as it is, from whatever folder the experiment is run', async () => {
  const project = await monorepo()
  const { exitCode } = await project.shell(
    'cd packages/support && llmobs-exp run experiments/triage.ts --quiet && cd / && llmobs-exp run "$HOME/packages/support/experiments/triage.ts" --quiet --store "$HOME/elsewhere"',
  )

  expect(exitCode).toBe(0)
  expect(namesIn(project, 'packages/support/.llmobs-exp')).toEqual(['triage'])
  expect(namesIn(project, 'elsewhere')).toEqual(['triage'])
})

test('several experiments of a file run by the names of their exports, and --only picks by either name', async () => {
  const project = await monorepo()
  await project.run(['run', several])
  await project.run(['run', several, '--only', 'rules', '--store', 'one'])
  await project.run(['run', several, '--only', 'always-bug', '--only', 'always-billing', '--store', 'two'])

  expect(namesIn(project)).toEqual(['always-bug', 'always-billing', 'recent', 'rules'])
  expect(namesIn(project, 'one')).toEqual(['rules'])
  expect(namesIn(project, 'two')).toEqual(['always-bug', 'always-billing'])
})

test('a glob over all packages is checked and run as one command', async () => {
  const project = await monorepo()
  const checked = await project.run(['check', 'packages/*/experiments/*.ts'])
  const { exitCode, lastLine } = await project.run(['run', 'packages/*/experiments/*.ts'])

  expect(checked.exitCode).toBe(0)
  expect(checked.stderr).toContain('valid: 5 experiments would run, 12 units and as many as an iterable will give')
  expect(exitCode).toBe(0)
  expect(lastLine).toContain('(5 of 5 experiments)')
  expect(new Set(project.stored().map(({ manifest }) => manifest.groupId)).size).toBe(1)
})

test('a change in a package of the workspace is seen at the next run', async () => {
  const project = await monorepo()
  await project.run(['run', triage])
  const file = 'packages/evals/src/evaluators.ts'
  project.write(file, project.read(file).replace('output === expectedOutput', 'output !== expectedOutput'))
  const { exitCode } = await project.run(['run', triage])

  expect(exitCode).toBe(1)
})

test('all of it compiles, and an evaluator that does not fit is marked where it is used', async () => {
  const project = await monorepo()
  expect(compile(project)).toBe('')
  project.write(triage, project.read(triage).replace('=> sort(ticket)', '=> ticket.length'))
  expect(compile(project)).toMatch(/triage\.ts\(10,\d+\): error TS2322/)
})
