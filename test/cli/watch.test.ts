import { mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type CliOptions, type CliProject, cliProject, type RunningCli, type RunningPty } from '../helpers/cli.ts'
import { experiment, numbered, passing } from '../helpers/modules.ts'

/** An experiment whose three outputs stand in a file of their own, beside a dataset in a file of its own. */
const files = {
  'exp.ts': experiment(
    `dataset: jsonl('./data/rows.jsonl'), task: (input) => answers[input],
    evaluators: { same: ({ output, expectedOutput }) => output === expectedOutput },`,
    "import { jsonl } from 'llmobs-exp'\nimport { answers } from './lib/answers'",
  ),
  'lib/answers.ts': "export const answers = { a: 'A', b: 'B', c: 'x' }\n",
  'data/rows.jsonl': rows('a', 'b', 'c'),
}

const better = "export const answers = { a: 'A', b: 'y', c: 'C' }\n"

const QUARANTINE = '[{ "experiment": "exp", "record": "c", "reason": "flaky" }]\n'

function rows(...keys: readonly string[]): string {
  return keys.map((key) => `{"id":"${key}","input":"${key}","expectedOutput":"${key.toUpperCase()}"}\n`).join('')
}

/** Has been idle so many times. */
const idle = (times: number): RegExp => new RegExp(`(^watching \\d+ files?[\\s\\S]*){${times}}`, 'm')

async function startWatch(
  project: CliProject,
  args: readonly string[] = ['exp.ts'],
  options?: CliOptions,
): Promise<RunningCli> {
  const cli = project.start(['run', '--watch', ...args], options)
  await cli.prints(idle(1))
  return cli
}

/** Ends a watch that is idle. */
async function end(cli: RunningCli) {
  cli.signal('SIGINT')
  return cli.ended
}

describe('--watch runs again when', () => {
  test.each([
    ['the module changes', 'exp.ts', files['exp.ts'].replace("name: 'exp'", "name: 'other'"), 'exp.ts'],
    ['what it imports changes', 'lib/answers.ts', better, 'lib/answers.ts'],
    ['its dataset changes', 'data/rows.jsonl', rows('a', 'b', 'c', 'd'), 'data/rows.jsonl'],
    ['its package.json changes', 'package.json', '{ "type": "module", "private": true }\n', 'package.json'],
    ['.env appears', '.env', 'LLMOBS_EXP_RUNS=2\n', '.env'],
    ['a quarantine file appears', 'llmobs-exp.quarantine.json', QUARANTINE, 'llmobs-exp.quarantine.json'],
    ['a config file appears', 'llmobs-exp.config.ts', 'export default { runs: 2 }\n', 'llmobs-exp.config.ts'],
  ])('%s', async (_what, path, text, named) => {
    const project = await cliProject(files)
    const cli = await startWatch(project)
    project.write(path, text)
    await cli.prints(idle(2))
    const { stderr } = await end(cli)

    expect(stderr).toMatch(new RegExp(`^\\d\\d:\\d\\d:\\d\\d ${named.replace('.', '\\.')} changed$`, 'm'))
    expect(project.stored()).toHaveLength(2)
  })

  // The other ways to save are in file-watch.test.ts.
  test.each<[string, (project: CliProject, path: string, text: string) => void]>([
    [
      'renaming another file over it',
      ({ folder }, path, text) => {
        writeFileSync(join(folder, 'lib/.answers.ts.swp'), text)
        renameSync(join(folder, 'lib/.answers.ts.swp'), join(folder, path))
      },
    ],
    [
      'removing its folder and making a new one',
      ({ folder }, path, text) => {
        rmSync(join(folder, 'lib'), { recursive: true })
        mkdirSync(join(folder, 'lib'))
        writeFileSync(join(folder, path), text)
      },
    ],
  ])('an editor saves a file by %s, each time', async (_how, save) => {
    const project = await cliProject(files)
    const cli = await startWatch(project)
    save(project, 'lib/answers.ts', better)
    await cli.prints(idle(2))
    save(project, 'lib/answers.ts', files['lib/answers.ts'])
    await cli.prints(idle(3))
    const { stdout } = await end(cli)

    expect(stdout.match(/^changes in exp: .*/gm)).toEqual([
      'changes in exp: 1 row broken, 1 fixed, 1 as before',
      'changes in exp: 1 row broken, 1 fixed, 1 as before',
    ])
  })
})

test('--watch runs again when a glob matches another file, and when one is gone', async () => {
  const project = await cliProject({ 'evals/a.ts': experiment(`${numbered(1)} ${passing}`, '', 'a') })
  const cli = await startWatch(project, ['evals/*.ts'])
  project.write('evals/b.ts', experiment(`${numbered(1)} ${passing}`, '', 'b'))
  await cli.prints(idle(2))
  rmSync(join(project.folder, 'evals/a.ts'))
  await cli.prints(idle(3))
  const { exitCode, stderr } = await end(cli)

  expect(exitCode).toBe(0)
  expect(stderr.match(/\S+ changed$/gm)).toEqual(['evals/b.ts changed', 'evals/a.ts changed'])
  expect(project.stored().map(({ manifest }) => manifest.definition.name)).toEqual(['a', 'a', 'b', 'b'])
})

test('--watch tells what changed in the numbers and in which rows', async () => {
  const project = await cliProject(files)
  const cli = await startWatch(project)
  project.write('lib/answers.ts', better)
  project.write('data/rows.jsonl', rows('a', 'b', 'c', 'd'))
  await cli.prints(idle(2))
  project.write('exp.ts', `${files['exp.ts']}// a comment\n`)
  await cli.prints(idle(3))
  const { stdout } = await end(cli)

  expect(
    stdout.slice(stdout.indexOf('changes in'), stdout.indexOf('exp\n\n', stdout.indexOf('changes in'))),
  ).toMatchInlineSnapshot(`
    "changes in exp: 1 row broken, 1 fixed, 1 new, 1 as before
      same  66.7 % → 50.0 %  -16.7 points  (1 broken, 1 fixed)
      1 broken
        b  "b"  expected "B"  "B"  → "y"
      1 fixed
        c  "c"  expected "C"  "x"  → "C"
      1 new
        d  "d"  expected "D"  null

    "
  `)
  expect(stdout).toContain('no change in exp: 4 rows as before\n')
})

test('--watch does not run again for a file that was only touched, nor for one that it does not use', async () => {
  const project = await cliProject({ ...files, 'lib/other.ts': '' })
  const cli = await startWatch(project)
  utimesSync(join(project.folder, 'exp.ts'), 1, 1)
  project.write('lib/other.ts', 'export {}\n')
  project.write('data/rows.jsonl', files['data/rows.jsonl'])
  // Found no sooner than what came before it.
  project.write('lib/answers.ts', better)
  await cli.prints(idle(2))
  const { stderr } = await end(cli)

  expect(stderr.match(/^\S+ .* changed$/gm)).toEqual([expect.stringContaining(' lib/answers.ts changed')])
  expect(project.stored()).toHaveLength(2)
})

describe('a run that is out of date', () => {
  const waiting = (answer: string, wait = 'signal.addEventListener("abort", () => reject(signal.reason))') =>
    experiment(`${numbered(50)}
      task: (input, { signal }) => input < 10 ? '${answer}' : new Promise((resolve, reject) => { console.error('waiting'); ${wait} }),
      evaluators: {},`)

  test.each([
    ['is cancelled', waiting('old')],
    ['is cancelled though its calls ignore their signal', waiting('old', '')],
    ['is cancelled though it blocks its thread', waiting('old', 'for (;;) {}')],
    [
      'is left behind when it cannot be interrupted',
      `import { execFileSync } from 'node:child_process'\n${waiting('old', "execFileSync('sleep', ['5'])")}`,
    ],
  ])('%s; what it has done is kept, and it has not passed', async (_what, text) => {
    const project = await cliProject({ 'exp.ts': text })
    const cli = project.start(['run', '--watch', 'exp.ts', '--jobs', '1'])
    await cli.prints(/waiting/)
    project.write('exp.ts', experiment(`${numbered(3)} ${passing}`))
    await cli.prints(idle(1))
    const { exitCode, stderr, stdout } = await end(cli)

    const [first, second] = project.stored()
    expect(first?.rows.filter(({ status }) => status === 'ok')).toHaveLength(10)
    expect(first?.manifest.state.outcome).toMatchObject({
      status: 'stopped',
      exitCode: 4,
      reason: { kind: 'out-of-date', message: 'exp.ts changed' },
    })
    expect(second?.manifest.state.outcome?.status).toBe('passed')
    expect(stderr).toContain(`out of date: exp: exp.ts changed; what is done is kept: llmobs-exp show ${first?.id}\n`)
    expect(stdout).not.toContain('changes in')
    expect(exitCode).toBe(0)
  })

  test('is cancelled while its module or its dataset is still loading', async () => {
    const project = await cliProject({ 'exp.ts': "console.error('loading')\nawait new Promise(() => {})\n" })
    const cli = project.start(['run', '--watch', 'exp.ts'])
    await cli.prints(/loading/)
    project.write('exp.ts', experiment(`${numbered(3)} ${passing}`))
    await cli.prints(idle(1))

    expect((await end(cli)).exitCode).toBe(0)
    expect(project.stored()).toHaveLength(1)
  })

  test('is not compared with; the last complete one is', async () => {
    const project = await cliProject({ 'exp.ts': experiment(`${numbered(20)} ${passing}`) })
    const cli = await startWatch(project)
    project.write('exp.ts', waiting('old'))
    await cli.prints(/waiting/)
    project.write('exp.ts', experiment(`${numbered(21)} ${passing}`))
    await cli.prints(idle(2))
    const { stdout } = await end(cli)

    expect(stdout.match(/^(?:no )?changes? in exp: .*/gm)).toEqual(['changes in exp: 1 row new, 20 as before'])
  })
})

describe('what does not load', () => {
  test('is told with its place, and run when it has been corrected', async () => {
    const project = await cliProject(files)
    const cli = await startWatch(project)
    project.write('lib/answers.ts', 'export const answers = {{\n')
    await cli.prints(idle(2))
    project.write('lib/answers.ts', better)
    await cli.prints(idle(3))
    const { stderr, exitCode } = await end(cli)

    expect(stderr).toContain('error E_MODULE_LOAD: answers.ts:1:25 does not compile')
    expect(stderr).toContain('> 1 | export const answers = {{')
    expect(exitCode).toBe(0)
    expect(project.stored()).toHaveLength(2)
  })

  test.each([
    ['the module itself', { ...files, 'exp.ts': 'export default {{' }, 'exp.ts', files['exp.ts']],
    ['a file that it imports', { ...files, 'lib/answers.ts': '{{' }, 'lib/answers.ts', better],
    ['a file that is not there', { 'exp.ts': files['exp.ts'], 'data/rows.jsonl': rows('a') }, 'lib/answers.ts', better],
    ['a record of its dataset', { ...files, 'data/rows.jsonl': '{' }, 'data/rows.jsonl', rows('a')],
    [
      'the name of an evaluator',
      { ...files, 'exp.ts': files['exp.ts'].replace('task:', 'tsak:') },
      'exp.ts',
      files['exp.ts'],
    ],
  ])('may be so from the beginning: %s', async (_what, broken, path, text) => {
    const project = await cliProject(broken)
    const cli = await startWatch(project)
    project.write(path, text)
    await cli.prints(idle(2))
    const { exitCode, stderr } = await end(cli)

    expect(stderr).toMatch(/^error E_/m)
    expect(stderr).toContain(`${path} changed`)
    expect(exitCode).toBe(0)
  })

  test('decides the exit code when it is the last', async () => {
    const project = await cliProject(files)
    const cli = await startWatch(project)
    rmSync(join(project.folder, 'exp.ts'))
    await cli.prints(idle(2))
    const { exitCode, stderr } = await end(cli)

    expect(stderr).toContain('error E_FILE_NOT_FOUND: "exp.ts": there is no such file')
    expect(exitCode).toBe(2)
  })

  test('goes on being watched where it was deleted', async () => {
    const project = await cliProject(files)
    const cli = await startWatch(project)
    rmSync(join(project.folder, 'exp.ts'))
    await cli.prints(idle(2))
    project.write('exp.ts', files['exp.ts'])
    await cli.prints(idle(3))

    expect((await end(cli)).exitCode).toBe(0)
  })
})

describe('the end', () => {
  test.each([
    ['passed', 'SIGINT', [], 0],
    ['failed', 'SIGINT', ['--record', 'c', '--max-errors', '0'], 1],
    ['passed', 'SIGTERM', [], 0],
  ] as const)(
    'of an idle watch whose last run %s, by %s, has the exit code of that run',
    async (word, signal, args, code) => {
      const project = await cliProject({
        ...files,
        'exp.ts': files['exp.ts'].replace(
          'output === expectedOutput',
          "{ if (output === 'x') throw new Error('x'); return true }",
        ),
      })
      const cli = await startWatch(project, ['exp.ts', ...(code === 0 ? ['--record', 'a'] : args)])
      cli.signal(signal)
      const { exitCode, lastLine } = await cli.ended

      expect(exitCode).toBe(code)
      expect(lastLine).toMatch(new RegExp(`^${word}: exp`))
    },
  )

  test('during a run is that of the run: in good order, with the code of the signal', async () => {
    const project = await cliProject({
      'exp.ts': experiment(`${numbered(50)}
        task: (input, { signal }) => input < 10 ? input : new Promise((_, reject) => { console.error('waiting'); signal.addEventListener('abort', () => reject(signal.reason)) }),
        evaluators: {},`),
    })
    const cli = project.start(['run', '--watch', 'exp.ts'])
    await cli.prints(/waiting/)
    cli.signal('SIGINT')
    const { exitCode, lastLine } = await cli.ended

    const { id, manifest } = project.only()
    expect(exitCode).toBe(130)
    expect(lastLine).toBe(`ended by SIGINT: exp; what is done is kept; run the rest: llmobs-exp resume ${id}`)
    expect(manifest.state.outcome?.status).toBe('stopped')
  })

  test('before the first task of all is no run: exit code 2', async () => {
    const project = await cliProject({ 'exp.ts': "console.error('loading')\nawait new Promise(() => {})\n" })
    const cli = project.start(['run', '--watch', 'exp.ts'])
    await cli.prints(/loading/)
    const { exitCode, lastLine } = await end(cli)

    expect([exitCode, lastLine]).toEqual([2, 'error E_USAGE: ended by SIGINT before any task was started'])
  })

  test('while a later module is loading has the code of the signal', async () => {
    const project = await cliProject(files)
    const cli = await startWatch(project)
    project.write('exp.ts', "console.error('loading')\nawait new Promise(() => {})\n")
    await cli.prints(/loading/)

    expect((await end(cli)).exitCode).toBe(130)
  })
})

describe('--watch is refused', () => {
  test.each([
    ['in CI', ['exp.ts'], { CI: 'true' }, '--watch: expected somebody who can end it, got CI="true"'],
    [
      'with json on stdout',
      ['exp.ts', '--reporter', 'json'],
      {},
      '--reporter: expected json=<path> beside --watch, got json for stdout',
    ],
    ['with a file that is not there', ['epx.ts'], {}, '"epx.ts": there is no such file'],
    ['with a value that cannot be', ['exp.ts', '--jobs', '0'], {}, '--jobs: expected a whole number'],
  ])('%s, before anything runs', async (_what, args, env, message) => {
    const project = await cliProject(files)
    const { exitCode, stderr } = await project.run(['run', '--watch', ...args], { env })

    expect(exitCode).toBe(2)
    expect(stderr).toContain(message)
    expect(project.stored()).toEqual([])
  })

  test('in a config file', async () => {
    const project = await cliProject({ ...files, 'llmobs-exp.config.ts': 'export default { watch: true }\n' })
    const { exitCode, stderr } = await project.run(['run', 'exp.ts'])

    expect(exitCode).toBe(2)
    expect(stderr).toContain('hint: it belongs to one command: --watch')
  })
})

describe('beside other options', () => {
  test('off a terminal there are plain lines', async () => {
    const cli = await startWatch(await cliProject(files))
    const { stdout, stderr } = await end(cli)

    expect(stdout + stderr).not.toContain('\u001b')
    expect(stderr).toMatch(/^watching 4 files$/m)
  })

  test('--quiet leaves errors and a last line for each run', async () => {
    const project = await cliProject(files)
    const cli = project.start(['run', '--watch', 'exp.ts', '--quiet'])
    await cli.prints(/^passed: exp/m)
    project.write('lib/answers.ts', better)
    await cli.prints(/(^passed: exp[\s\S]*){2}/m)
    const { stdout, stderr } = await end(cli)

    expect(stdout).toBe('')
    expect(stderr.replaceAll(/show \S+/g, 'show id')).toBe('passed: exp; look at it: llmobs-exp show id\n'.repeat(2))
  })

  test('json=<path> is written anew after each run', async () => {
    const project = await cliProject(files)
    const cli = await startWatch(project, ['exp.ts', '--reporter', 'json=report.json'])
    const idOf = (): string => JSON.parse(project.read('report.json')).experiments[0].id
    const first = idOf()
    project.write('lib/answers.ts', better)
    await cli.prints(idle(2))
    await end(cli)

    expect([first, idOf()]).toEqual(project.stored().map(({ id }) => id))
  })

  test('ndjson has stdout for itself', async () => {
    const project = await cliProject(files)
    const cli = await startWatch(project, ['exp.ts', '--reporter', 'ndjson'])
    project.write('lib/answers.ts', better)
    await cli.prints(idle(2))
    const { stdout, stderr } = await end(cli)

    const types = stdout
      .trimEnd()
      .split('\n')
      .map((line): string => JSON.parse(line).type)
    expect(types.filter((type) => type === 'experiment-finished')).toHaveLength(2)
    expect(stderr).toContain('changes in exp')
  })

  test('a variable that is no longer in .env is no longer set', async () => {
    const project = await cliProject({ ...files, '.env': 'LLMOBS_EXP_RUNS=2\nOTHER=1\n' })
    const cli = await startWatch(project)
    project.write('.env', 'OTHER=1\n')
    await cli.prints(idle(2))
    await end(cli)

    expect(project.stored().map(({ manifest }) => manifest.options.runs)).toEqual([2, 1])
  })
})

describe('at a terminal', () => {
  async function pty(script = 'llmobs-exp run --watch exp.ts'): Promise<{ project: CliProject; cli: RunningPty }> {
    const project = await cliProject({ ...files, 'other.ts': experiment(`${numbered(1)} ${passing}`, '', 'other') })
    const cli = project.pty(script)
    onTestFinished(() => cli.type('q'))
    await cli.prints(/r to run again, .*q to quit/, 'stdout')
    return { project, cli }
  }
  const idleAgain = /(q to quit[\s\S]*){2}/

  test.each([
    ['r', 'r'],
    ['Enter', '\r'],
  ])('%s runs again and q ends it with the code of the last run', async (_name, key) => {
    const { project, cli } = await pty()
    cli.type(key)
    await cli.prints(idleAgain, 'stdout')
    cli.type('q')
    const { exitCode, stdout } = await cli.ended

    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/── \d\d:\d\d:\d\d another run was asked for ─+/)
    expect(project.stored()).toHaveLength(2)
  })

  test('f runs the failing records again, as often as there are some, and is compared with the last complete run', async () => {
    const { project, cli } = await pty('llmobs-exp run --watch exp.ts other.ts')
    cli.type('f')
    await cli.prints(/(q to quit[\s\S]*){2}/, 'stdout')
    project.write('lib/answers.ts', better)
    await cli.prints(/(q to quit[\s\S]*){3}/, 'stdout')
    cli.type('f')
    await cli.prints(/(q to quit[\s\S]*){4}/, 'stdout')
    cli.type('q')
    const { stdout } = await cli.ended

    const ran = project.stored().map(({ manifest, rows }) => [manifest.definition.name, rows.map(({ key }) => key)])
    expect(ran).toEqual([
      ['exp', ['a', 'b', 'c']],
      ['other', ['r0']],
      ['exp', ['c']],
      ['exp', ['a', 'b', 'c']],
      ['other', ['r0']],
      ['exp', ['b']],
    ])
    expect(stdout).toMatch(/── \d\d:\d\d:\d\d failing records were asked for ─+/)
    expect(stdout.match(/f for the failing record/g)).toHaveLength(4)
    expect(stripVTControlCharacters(stdout).match(/^(?:no )?changes? in \w+: .*/gm)).toEqual([
      'no change in exp: 1 row as before',
      'changes in exp: 1 row broken, 1 fixed, 1 as before',
      'no change in other: 1 row as before',
      'no change in exp: 1 row as before',
    ])
  })

  test('a change draws a line across, with the time and the file', async () => {
    const { project, cli } = await pty()
    project.write('lib/answers.ts', better)
    await cli.prints(idleAgain, 'stdout')
    cli.type('q')

    expect((await cli.ended).stdout).toMatch(/── \d\d:\d\d:\d\d lib\/answers\.ts changed ─+/)
  })

  test.each([
    ['q', 'q', 0],
    ['Ctrl-C', '\u0003', 0],
    ['Ctrl-D', '\u0004', 0],
  ])('the terminal is as it was before after %s', async (_name, key, code) => {
    const { cli } = await pty(
      'stty -a > before; llmobs-exp run --watch exp.ts; echo "ended with $?"; stty -a > after; cmp before after && echo alike',
    )
    cli.type(key)
    const { stdout } = await cli.ended

    expect(stdout).toContain(`ended with ${code}`)
    expect(stdout).toContain('alike')
  })

  test('q and Ctrl-C end a run in good order', async () => {
    const project = await cliProject({
      'exp.ts': experiment(`${numbered(50)}
        task: (input, { signal }) => input < 10 ? input : new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
        evaluators: {},`),
    })
    const cli = project.pty('llmobs-exp run --watch exp.ts')
    await cli.prints(/10\/50/, 'stdout')
    cli.type('q')
    const { exitCode, stdout } = await cli.ended

    expect(exitCode).toBe(130)
    expect(stdout).toContain('ended by SIGINT: exp')
    expect(stdout.lastIndexOf('\u001b[?25h')).toBeGreaterThan(stdout.lastIndexOf('\u001b[?25l'))
  })

  test('r during a run begins it anew, and the live area comes back', async () => {
    const project = await cliProject({
      'exp.ts': experiment(
        `${numbered(50)}
        task: (input, { signal }) => input < 10 || existsSync('go') ? input : new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
        evaluators: {},`,
        "import { existsSync } from 'node:fs'",
      ),
    })
    const cli = project.pty('llmobs-exp run --watch exp.ts')
    await cli.prints(/10\/50/, 'stdout')
    cli.type('r')
    await cli.prints(/another run was asked for ─+[\s\S]*10\/50/, 'stdout')
    project.write('go', '')
    cli.type('r')
    await cli.prints(/q to quit/, 'stdout')
    cli.type('q')
    const { exitCode } = await cli.ended

    expect(exitCode).toBe(0)
    expect(project.stored().map(({ manifest }) => manifest.state.outcome?.status)).toEqual([
      'stopped',
      'stopped',
      'passed',
    ])
  })
})
