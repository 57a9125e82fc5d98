import { execFileSync, spawnSync } from 'node:child_process'
import { renameSync, rmSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type CliProject, cliProject } from '../helpers/cli.ts'

const compiler = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))

/** What a strict compiler says of a folder with a tsconfig.json. */
function compile(project: CliProject, folder: string, ...args: readonly string[]): string {
  const command = [compiler, '-p', folder, '--pretty', 'false', ...args]
  return spawnSync(process.execPath, command, { cwd: project.folder, encoding: 'utf8' }).stdout
}

function withoutZod(project: CliProject): void {
  rmSync(join(project.folder, 'node_modules', 'zod'))
}

describe('init', () => {
  test('writes an experiment with its dataset, which run at once, offline', async () => {
    const project = await cliProject()
    const { exitCode, stdout, stderr } = await project.run(['init'])
    const ran = await project.run(['run', 'experiments/first-experiment.ts'])

    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).toMatchInlineSnapshot(`
      "wrote experiments/first-experiment.ts
      wrote experiments/first-experiment.jsonl
      wrote experiments/tsconfig.json

      next
        npx llmobs-exp check experiments/first-experiment.ts
        npx llmobs-exp run experiments/first-experiment.ts
        npx llmobs-exp show latest --rows failing

      zod is there because llmobs-exp needs it: npm install zod makes it a package of yours
      "
    `)
    expect(ran.exitCode).toBe(0)
    expect(ran.lastLine).toMatch(/^passed: first-experiment; /)
    expect(ran.stdout).toContain('10 rows: 10 ok')
    expect(ran.stdout).toContain('1 row failed or did not pass')
    expect(ran.stdout).toMatch(/correct +│ 90\.0 %/)
    expect(project.read('package.json')).toBe('{ "type": "module" }\n')
  })

  test.each([
    ['an ES module', '{ "type": "module" }'],
    ['CommonJS', '{}'],
  ])('writes what a strict compiler takes, in a package that is %s', async (_kind, packageJson) => {
    const project = await cliProject({ 'package.json': packageJson })
    await project.run(['init'])
    await project.run(['init', 'experiments/chat.ts', '--template', 'openai'])
    const strict = [
      '--noUncheckedIndexedAccess',
      '--exactOptionalPropertyTypes',
      '--noUnusedLocals',
      '--isolatedModules',
    ]

    expect(compile(project, 'experiments', ...strict)).toBe('')
  })

  test('writes types that flow: what is misspelt does not compile', async () => {
    const project = await cliProject()
    await project.run(['init'])
    const file = 'experiments/first-experiment.ts'
    const right = project.read(file)
    const mistakes = [
      ['task: ({ ticket }', 'task: ({ tikcet }'],
      ['output.label ===', 'output.lable ==='],
      ['thresholds: { correct', 'thresholds: { corect'],
      ['config.minWords)', 'config.minWord)'],
    ] as const
    for (const [index, [correct, wrong]] of mistakes.entries()) {
      project.write(`experiments/mistake-${index}.ts`, right.replace(correct, wrong))
    }
    const said = compile(project, 'experiments')
    expect(said).not.toContain('first-experiment.ts')
    for (const index of mistakes.keys()) expect(said).toMatch(new RegExp(`mistake-${index}\\.ts\\(\\d+,\\d+\\): error`))
  })

  test('without zod the records stand in the module, which runs and compiles all the same', async () => {
    const project = await cliProject()
    withoutZod(project)
    const { stdout } = await project.run(['init'])
    await project.run(['init', 'experiments/chat.ts', '--template', 'openai'])
    const ran = await project.run(['run', 'experiments/first-experiment.ts'])

    expect(stdout).toContain('zod is not installed for this folder')
    expect(project.exists('experiments/first-experiment.jsonl')).toBe(false)
    expect(ran.lastLine).toMatch(/^passed: first-experiment; /)
    expect(ran.stdout).toContain('10 rows: 10 ok')
    expect(compile(project, 'experiments', '--noUnusedLocals')).toBe('')
  })

  test('works where llmobs-exp itself is not installed, and says what that costs', async () => {
    const project = await cliProject()
    renameSync(join(project.folder, 'node_modules'), join(project.folder, 'elsewhere'))
    const { exitCode, stdout } = await project.run(['init', '.'])
    const ran = await project.run(['run', 'first-experiment.ts'])

    expect([exitCode, ran.exitCode]).toEqual([0, 0])
    expect(stdout).toContain('llmobs-exp is not installed for this folder')
  })

  test('leaves the tsconfig.json of the project alone', async () => {
    const project = await cliProject({ 'tsconfig.json': '{}' })
    const { stdout } = await project.run(['init', 'deep/er'])

    expect(stdout).toContain('wrote deep/er/first-experiment.ts')
    expect(project.exists('deep/er/tsconfig.json')).toBe(false)
  })

  test.each([
    [['evals/', '--name', 'Support triage'], 'evals/support-triage.ts', 'Support triage'],
    [['evals'], 'evals/first-experiment.ts', 'first-experiment'],
    [['evals/mine.mts'], 'evals/mine.mts', 'mine'],
    [['evals/a b.ts', '--name', "It's"], 'evals/a b.ts', "It's"],
    [['.', '--name', 'Größe 2'], 'größe-2.ts', 'Größe 2'],
  ])('%j writes %s', async (args, file, name) => {
    const project = await cliProject()
    const { exitCode } = await project.run(['init', ...args])
    const ran = await project.run(['run', file])

    expect(exitCode).toBe(0)
    expect(project.exists(file.replace(/\.m?ts$/, '.jsonl'))).toBe(true)
    expect(ran.lastLine).toContain(`passed: ${name};`)
  })

  test('the commands it prints can be pasted into a shell', async () => {
    const project = await cliProject()
    const { stdout } = await project.run(['init', "it's/a b.ts"])
    const commands = stdout
      .split('\n')
      .filter((line) => line.startsWith('  npx '))
      .map((line) => line.replace('npx ', ''))
    const { exitCode } = await project.shell(commands.join(' && '))

    expect(commands).toHaveLength(3)
    expect(exitCode).toBe(0)
  })

  test('the openai template asks the endpoint, and says what to set where there is none', async () => {
    const asked: unknown[] = []
    const server = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => {
        asked.push({ ...JSON.parse(body), authorization: request.headers.authorization })
        const content = body.includes('invoice') ? 'Billing\n' : 'other'
        response.end(JSON.stringify({ choices: [{ message: { content } }], usage: { total_tokens: 7 } }))
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const project = await cliProject()
    await project.run(['init', '--template', 'openai'])
    const file = 'experiments/first-experiment.ts'
    const none = await project.run(['check', file])
    const env = { OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`, OPENAI_API_KEY: 'k' }
    const ran = await project.run(['run', file, '--config', 'model=m'], { env })

    expect([none.exitCode, ran.exitCode]).toEqual([2, 1])
    expect(none.stderr).toContain('set OPENAI_API_KEY, or OPENAI_BASE_URL')
    expect(ran.lastLine).toContain('correct: wanted at least 0.8, got 0.4')
    expect(asked).toHaveLength(10)
    expect(asked[0]).toMatchObject({ model: 'm', temperature: 0, authorization: 'Bearer k' })
  })
})

describe('init never writes over a file', () => {
  test('it exits 2, names the file and writes none of the others', async () => {
    const project = await cliProject({ 'experiments/first-experiment.jsonl': 'mine' })
    const { exitCode, stdout, stderr } = await project.run(['init'])

    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toContain('error E_FILE_EXISTS: "experiments/first-experiment.jsonl" is there already')
    expect(stderr).toContain('--force')
    expect(project.read('experiments/first-experiment.jsonl')).toBe('mine')
    expect(project.exists('experiments/first-experiment.ts')).toBe(false)
  })

  test('nor over a link that leads nowhere', async () => {
    const project = await cliProject()
    symlinkSync(join(project.folder, 'nowhere'), join(project.folder, 'first-experiment.ts'))
    const { exitCode } = await project.run(['init', '.'])

    expect(exitCode).toBe(2)
    expect(project.exists('nowhere')).toBe(false)
  })

  test('but with --force', async () => {
    const project = await cliProject({
      'experiments/first-experiment.ts': 'old',
      'experiments/tsconfig.json': '{"mine":1}',
    })
    const { exitCode } = await project.run(['init', '--force'])

    expect(exitCode).toBe(0)
    expect(project.read('experiments/first-experiment.ts')).toContain('defineExperiment')
    expect(project.read('experiments/tsconfig.json')).toBe('{"mine":1}')
  })
})

test.each([
  [['x.js'], 'expected a folder or a TypeScript file (.ts, .mts, .cts), got "x.js"'],
  [['data.jsonl'], 'got "data.jsonl"'],
  [['--template', 'ofline'], 'did you mean offline?'],
  [['--name', ''], '--name: expected a name with a letter or digit'],
  [['--name', 'a/b'], '--name: expected a name'],
  [['--name', '\u001b[2J'], '"\\u001b[2J"'],
  [['--nmae', 'x'], 'did you mean --name?'],
  [['taken/inside'], 'E_FILE_WRITE'],
])('init %j exits 2 and writes nothing', async (args, says) => {
  const project = await cliProject({ taken: 'a file' })
  const { exitCode, stdout, stderr } = await project.run(['init', ...args])

  expect([exitCode, stdout]).toEqual([2, ''])
  expect(stderr).toContain(says)
  expect(project.exists('experiments')).toBe(false)
})

describe('init on a terminal', () => {
  test('asks for folder, name and kind, and again where an answer will not do', async () => {
    const project = await cliProject()
    const cli = project.pty('llmobs-exp init')
    for (const [asks, answer] of [
      [/folder \(experiments\): /, 'x.js'],
      [/expected a folder or a TypeScript file.*\r?\n.*folder \(experiments\): /, 'evals'],
      [/name \(first-experiment\): /, ''],
      [/1 offline: .*\r?\n.*2 openai: .*\r?\n.*which \(offline\): /, 'opneai'],
      [/did you mean openai\?(?:.*\r?\n){4}.*which \(offline\): /, '2'],
    ] as const) {
      await cli.prints(asks, 'stdout')
      cli.type(`${answer}\r`)
    }
    const { exitCode, stdout } = await cli.ended

    expect(exitCode).toBe(0)
    expect(stdout).toContain('wrote evals/first-experiment.ts')
    expect(project.read('evals/first-experiment.ts')).toContain('OPENAI_API_KEY')
  })

  test('asks only for what is not given', async () => {
    const project = await cliProject()
    const cli = project.pty('llmobs-exp init evals --template offline', { columns: 40 })
    await cli.prints(/name \(first-experiment\)/, 'stdout')
    cli.type('Mine\r')
    const { exitCode, stdout } = await cli.ended

    expect(exitCode).toBe(0)
    expect(stdout).not.toContain('folder (')
    expect(project.exists('evals/mine.ts')).toBe(true)
  })

  test.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('%s leaves it with exit code 2 and nothing written', async (_what, key) => {
    const project = await cliProject()
    const cli = project.pty('llmobs-exp init')
    await cli.prints(/folder \(experiments\): /, 'stdout')
    cli.type(key)
    const { exitCode, stdout } = await cli.ended

    expect(exitCode).toBe(2)
    expect(stdout).toContain('nothing was done')
    expect(project.exists('experiments')).toBe(false)
  })

  test.each([
    ['with --yes', 'llmobs-exp init --yes'],
    ['in CI', 'CI=1 llmobs-exp init'],
    ['with its input from elsewhere', 'llmobs-exp init < /dev/null'],
    ['with stderr elsewhere', 'llmobs-exp init 2> /dev/null'],
    ['when all is given', 'llmobs-exp init experiments --name first-experiment --template offline'],
  ])('asks nothing %s', async (_what, command) => {
    const project = await cliProject()
    const { exitCode, stdout } = await project.pty(command).ended

    expect(exitCode).toBe(0)
    expect(stdout).not.toContain('folder (')
    expect(project.exists('experiments/first-experiment.ts')).toBe(true)
  })

  test('in a pipe it asks nothing, and stdout is what it has to say', async () => {
    const project = await cliProject()
    const { stdout } = await project.shell('llmobs-exp init | head -1')

    expect(stdout).toBe('wrote experiments/first-experiment.ts\n')
    expect(project.exists('experiments/first-experiment.jsonl')).toBe(true)
  })
})

test('init in a folder that may not be written exits 2 and says why', async () => {
  const project = await cliProject({ 'locked/x': '' })
  execFileSync('chmod', ['555', join(project.folder, 'locked')])
  const isRoot = process.getuid?.() === 0
  const { exitCode, stderr } = await project.run(['init', 'locked'])

  if (isRoot) expect(exitCode).toBe(0)
  else expect([exitCode, stderr]).toEqual([2, expect.stringContaining('EACCES')])
})
