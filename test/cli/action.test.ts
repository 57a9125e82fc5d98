import { chmodSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { cliProject } from '../helpers/cli.ts'
import { experiment, numbered, passing } from '../helpers/modules.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const action = readFileSync(join(root, 'action.yml'), 'utf8')
const script = (name: string) => join(root, 'scripts', name)

/** What the steps of the action get from GitHub. */
function environment(changes: { readonly [name: string]: string } = {}) {
  return { FILES: 'exp.ts', ARGS: '', REPORTS: 'reports', GITHUB_OUTPUT: 'output', GITHUB_ACTIONS: 'true', ...changes }
}

test('every script that the action names is there and can be run', () => {
  const named = Array.from(action.matchAll(/\$GITHUB_ACTION_PATH\/(\S+?)"/g), ([, path = '']) => path)
  expect(named).toEqual(['scripts/action-run.sh', 'scripts/action-comment.sh'])
  for (const path of named) expect(statSync(join(root, path)).mode & 0o111).not.toBe(0)
})

test('no text of a workflow is put into a script of the action', () => {
  const runs = action.split('\n').filter((line) => /^ *run: /.test(line))
  expect(runs).toHaveLength(2)
  expect(runs.filter((line) => line.includes('${{'))).toEqual([])
})

test('the action runs the experiments, writes its reports, and has their exit code', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`${numbered(3)} ${passing} thresholds: { same: { min: 2 } },`),
  })
  project.write('reports/junit.xml', 'of an earlier run')
  const env = environment({ ARGS: `--jobs 2 --tag "team:a b" --tag 'x:$(touch carried-out)'` })
  const { exitCode, stdout } = await project.shell(script('action-run.sh'), { env })

  expect(stdout).toContain('failed exp')
  expect(exitCode).toBe(1)
  expect(project.read('output')).toBe('exit-code=1\n')
  expect(project.read('reports/junit.xml')).toContain('<testcase name="threshold same"')
  expect(project.read('reports/summary.md')).toContain('**failed** `exp`')
  expect(project.read('reports/report.html')).toContain('<!doctype html>')
  expect(JSON.parse(project.read('reports/report.json'))).toMatchObject({ exitCode: 1 })
  expect(project.only().manifest).toMatchObject({ definition: { tags: { team: 'a b' } } })
  expect(project.exists('carried-out')).toBe(false)
})

test('the action leaves no reports of an earlier run where nothing was run', async () => {
  const project = await cliProject({ 'exp.ts': 'syntax error' })
  project.write('reports/junit.xml', 'of an earlier run')
  const { exitCode } = await project.shell(script('action-run.sh'), { env: environment() })

  expect(exitCode).toBe(2)
  expect(project.exists('reports/junit.xml')).toBe(false)
})

/** A `gh` that keeps what it is asked for, and has these comments. */
function fakeGh(ids: string, exitCode = 0): string {
  return `#!/bin/sh
echo "$@" >>calls
case "$*" in *--jq*) printf '${ids}';; *) for last; do :; done; cat "\${last#body=@}" >body; exit ${exitCode};; esac
`
}

test.each([
  ['a new comment', '', 'POST repos/o/r/issues/7/comments'],
  ['the comment that is there', '41\\n42\\n', 'PATCH repos/o/r/issues/comments/42'],
])('the action writes %s', async (_what, ids, call) => {
  const project = await cliProject({ 'reports/summary.md': '- ✅ **passed**\n', 'bin/gh': fakeGh(ids) })
  chmodSync(join(project.folder, 'bin/gh'), 0o755)
  const env = environment({ TITLE: 'evals --> x', NUMBER: '7', GITHUB_REPOSITORY: 'o/r' })
  const { exitCode } = await project.shell(`PATH="$PWD/bin:$PATH" ${script('action-comment.sh')}`, { env })

  expect(exitCode).toBe(0)
  expect(project.read('calls')).toContain(`--method ${call}`)
  expect(project.read('body')).toBe('<!-- evals -- x -->\n- ✅ **passed**\n')
})

test('the action warns where it may not comment', async () => {
  const project = await cliProject({ 'reports/summary.md': 'x\n', 'bin/gh': fakeGh('', 1) })
  chmodSync(join(project.folder, 'bin/gh'), 0o755)
  const env = environment({ TITLE: 'evals', NUMBER: '7', GITHUB_REPOSITORY: 'o/r' })
  const { exitCode, stdout } = await project.shell(`PATH="$PWD/bin:$PATH" ${script('action-comment.sh')}`, { env })

  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^::warning title=llmobs-exp::the comment could not be written/)
})
