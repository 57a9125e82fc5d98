import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { type CliProject, cliProject } from '../helpers/cli.ts'
import { experiment, numbered } from '../helpers/modules.ts'

const node = process.execPath

const quick = experiment(`${numbered(3)} task: (n) => { console.log('task', n); return n * 2 },
evaluators: { even: ({ output }) => output % 2 === 0 },
summaryEvaluators: { sum: ({ outputs }) => outputs.reduce((a, b) => a + b, 0) },`)

/** Says that its first task was begun, and gives up when it is told to. */
const slow = experiment(`${numbered(100)} task: (n, { signal }) => {
  if (n === 0) return 'done'
  if (n === 1) console.error('waiting')
  return new Promise((resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
},`)

async function projectOf(files: { readonly [path: string]: string } = {}): Promise<CliProject> {
  return cliProject({ 'exp.ts': quick, 'slow.ts': slow, ...files })
}

/** Runs a script of which `runExperimentSync` is imported. */
async function runScript(script: string, files: { readonly [path: string]: string } = {}) {
  const project = await projectOf({
    ...files,
    'script.mjs': `import { LlmobsExpError, runExperimentSync } from 'llmobs-exp'\n${script}`,
  })
  return { project, ...(await project.shell(`exec ${node} script.mjs`)) }
}

describe('runExperimentSync', () => {
  it('blocks a plain script until the result is there, while user code prints', async () => {
    const { stdout, stderr, exitCode, project } = await runScript(`
      const result = runExperimentSync('./exp.ts', { jobs: 1 })
      const { passed, exitCode, message, experiments: [{ name, outcome, evaluations, summaryValues }] } = result
      console.log(JSON.stringify({ passed, exitCode, name, outcome, passRate: evaluations.even.passRate, summaryValues }))
      console.log(message)
    `)
    expect([exitCode, stderr]).toEqual([0, ''])
    const { id } = project.only()
    expect(stdout.split('\n')).toEqual([
      'task 0',
      'task 1',
      'task 2',
      JSON.stringify({
        passed: true,
        exitCode: 0,
        name: 'exp',
        outcome: { status: 'passed', exitCode: 0 },
        passRate: 1,
        summaryValues: [{ sum: 6 }],
      }),
      `passed: exp; look at it: llmobs-exp show ${id}`,
      '',
    ])
  })

  it('has ten jobs by default, and options in the form of the config file', async () => {
    const { project } = await runScript(`
      runExperimentSync('./exp.ts')
      runExperimentSync(new URL('./exp.ts', import.meta.url), { jobs: 3, runs: 2, tag: { a: 'b' }, timeout: '5s' })
    `)
    const [first, second] = project.stored()
    expect(first?.manifest.options).toMatchObject({ jobs: 10, runs: 1, timeout: 600_000 })
    expect(second?.manifest.options).toMatchObject({ jobs: 3, runs: 2, timeout: 5_000 })
  })

  it('gives rows and a table', async () => {
    const { stdout } = await runScript(`
      const result = runExperimentSync('./exp.ts', { jobs: 1 })
      console.log(JSON.stringify(result.rows().map(({ recordId, input, output, evaluations }) => [recordId, input, output, evaluations])))
      console.log(JSON.stringify(result.toTable().map(({ experiment, input, output, even, error }) => [experiment, input, output, even, error])))
      console.log(JSON.stringify(structuredClone(result)) === JSON.stringify(result))
    `)
    expect(stdout.split('\n').slice(3)).toEqual([
      '[["r0",0,0,{"even":true}],["r1",1,2,{"even":true}],["r2",2,4,{"even":true}]]',
      '[["exp",0,0,true,null],["exp",1,2,true,null],["exp",2,4,true,null]]',
      'true',
      '',
    ])
  })

  it('works inside an async function, where timers and promises wait', async () => {
    const { stdout, exitCode } = await runScript(`
      async function cell() {
        setTimeout(() => console.log('timer'), 0)
        Promise.resolve().then(() => console.log('promise'))
        console.log('passed', runExperimentSync('./exp.ts', { jobs: 1 }).passed)
        await null
        console.log('after')
      }
      await cell()
    `)
    expect(exitCode).toBe(0)
    expect(stdout).toBe('task 0\ntask 1\ntask 2\npassed true\npromise\nafter\ntimer\n')
  })

  it('works in a worker thread, and holds up only that', async () => {
    const { stdout, exitCode } = await runScript(
      `
      import { Worker } from 'node:worker_threads'
      let turns = 0
      const timer = setInterval(() => turns++, 1)
      new Worker(new URL('./worker.mjs', import.meta.url)).on('message', (passed) => {
        clearInterval(timer)
        console.log('passed', passed, turns > 3)
      })
    `,
      {
        'worker.mjs': `import { parentPort } from 'node:worker_threads'
import { runExperimentSync } from 'llmobs-exp'
parentPort.postMessage(runExperimentSync('./exp.ts', { jobs: 1 }).passed)`,
      },
    )
    expect(exitCode).toBe(0)
    expect(stdout).toBe('task 0\ntask 1\ntask 2\npassed true true\n')
  })

  it('works at the prompt of node', async () => {
    const project = await projectOf()
    const terminal = project.pty(`${node} -i`)
    await terminal.prints(/> /, 'stdout')
    terminal.type("const { runExperimentSync } = await import('llmobs-exp')\r")
    await terminal.prints(/undefined/, 'stdout')
    terminal.type(
      "runExperimentSync('./exp.ts').toTable().length + ' rows, ' + runExperimentSync('./exp.ts').message\r",
    )
    await terminal.prints(/3 rows, passed: exp/, 'stdout')
    terminal.type('.exit\r')
    await terminal.ended
    expect(project.stored()).toHaveLength(2)
  })

  it('throws what keeps a module from being run', async () => {
    const { stdout } = await runScript(
      `
      for (const file of ['./throws.ts', './exits.ts', './nothing.ts', './missing.ts']) {
        try { runExperimentSync(file) } catch (error) {
          console.log(error instanceof LlmobsExpError, error.code, error.location?.file?.split('/').at(-1))
        }
      }
      `,
      {
        'throws.ts': "throw new Error('no key')",
        'exits.ts': 'process.exit(3)',
        'nothing.ts': 'export const a = 1',
      },
    )
    expect(stdout).toBe(
      'true E_MODULE_LOAD throws.ts\ntrue E_MODULE_EXIT undefined\ntrue E_NO_EXPERIMENT nothing.ts\ntrue E_FILE_NOT_FOUND missing.ts\n',
    )
  })

  it('returns what came of tasks that fail, and of user code that ends its thread', async () => {
    const { stdout, exitCode } = await runScript(
      `
      const failed = runExperimentSync('./fails.ts')
      console.log(failed.passed, failed.exitCode, failed.rows().map(({ status, error }) => [status, error?.message]))
      const ended = runExperimentSync('./ends.ts', { jobs: 1 })
      console.log(ended.passed, ended.exitCode, ended.experiments[0].outcome.reason.kind)
      `,
      {
        'fails.ts': experiment(`${numbered(1)} task: () => { throw new Error('it is down') },`),
        'ends.ts': experiment(`${numbered(2)} task: (n) => (n === 1 ? process.exit(0) : n),`),
      },
    )
    expect(exitCode).toBe(0)
    expect(stdout).toBe("false 1 [ [ 'error', 'it is down' ] ]\nfalse 4 user-code-ended\n")
  })

  it('refuses what no other process can be told', async () => {
    const { stdout, project } = await runScript(`
      const definition = { name: 'a', dataset: [], task() {} }
      const tries = [
        () => runExperimentSync(definition),
        () => runExperimentSync(),
        () => runExperimentSync('./exp.ts', { signal: AbortSignal.timeout(5) }),
        () => runExperimentSync('./exp.ts', { reporter: [() => {}] }),
        () => runExperimentSync('./exp.ts', { jbos: 3 }),
        () => runExperimentSync('./exp.ts', { jobs: 0 }),
      ]
      for (const attempt of tries) try { attempt() } catch (error) { console.log(error.code, error.message) }
    `)
    expect(stdout.split('\n')).toEqual([
      'E_OPTION runExperimentSync: expected the file of a module, got an object',
      'E_OPTION runExperimentSync: expected the file of a module, got undefined',
      'E_OPTION runExperimentSync: expected plain data, got signal',
      'E_OPTION runExperimentSync: expected plain data, got reporter',
      'E_OPTION there is no option "jbos"',
      'E_OPTION jobs: expected a whole number from 1 to 10000, got the number 0',
      '',
    ])
    expect(project.stored()).toEqual([])
  })
})

describe('Ctrl-C during runExperimentSync', () => {
  const script = `import { runExperimentSync } from 'llmobs-exp'
if (process.argv[2] === 'catches') process.on('SIGINT', () => console.log('caught'))
const result = runExperimentSync('./slow.ts')
console.log('returned', result.exitCode, result.message)
process.exitCode = 3`

  it('ends the run in good order, and then the script', async () => {
    const project = await projectOf({ 'script.mjs': script })
    const terminal = project.pty(`trap : INT; ${node} script.mjs; echo "code $?"`)
    await terminal.prints(/waiting/, 'stdout')
    terminal.type('\u0003')
    await terminal.ended
    expect(terminal.printed()).toMatch(/code 130/)
    expect(terminal.printed()).not.toMatch(/returned/)
    const { manifest, rows, isLocked } = project.only()
    expect(rows.filter(({ status }) => status === 'ok')).toHaveLength(1)
    expect(manifest.state).toMatchObject({
      outcome: {
        status: 'stopped',
        exitCode: 4,
        reason: { error: { code: 'E_ABORTED', message: 'the run was aborted: SIGINT' } },
      },
    })
    expect(isLocked).toBe(false)
  })

  it('returns what there is where the script has a handler, which runs next', async () => {
    const project = await projectOf({ 'script.mjs': script })
    const terminal = project.pty(`trap : INT; ${node} script.mjs catches; echo "code $?"`)
    await terminal.prints(/waiting/, 'stdout')
    terminal.type('\u0003')
    await terminal.ended
    expect(terminal.printed()).toMatch(/ended early: exp: the run was aborted: SIGINT/)
    expect(terminal.printed()).toMatch(/returned [\s\S]*caught[\s\S]*code 3/)
  })

  it('ends what was typed at the prompt of node, which stays', async () => {
    const project = await projectOf()
    const terminal = project.pty(`${node} -i`)
    await terminal.prints(/> /, 'stdout')
    terminal.type("const { runExperimentSync } = await import('llmobs-exp')\r")
    await terminal.prints(/undefined/, 'stdout')
    terminal.type("runExperimentSync('./slow.ts')\r")
    await terminal.prints(/waiting/, 'stdout')
    terminal.type('\u0003')
    await terminal.prints(/interrupted/, 'stdout')
    terminal.type("'still ' + 'here'\r")
    await terminal.prints(/'still here'/, 'stdout')
    terminal.type('.exit\r')
    await terminal.ended
    expect(project.only().isLocked).toBe(false)
  })

  it('ends a run whose script is killed, without losing what is done', async () => {
    const project = await projectOf({ 'script.mjs': script })
    const running = project.startShell(`exec ${node} script.mjs`)
    await running.prints(/waiting/)
    running.signal('SIGKILL')
    await running.ended
    await expect
      .poll(() => project.stored().map(({ manifest, isLocked }) => [manifest.state.status, isLocked]), {
        timeout: 15_000,
      })
      .toEqual([['finished', false]])
    expect(project.only().rows.filter(({ status }) => status === 'ok')).toHaveLength(1)
  })

  it('is heard afterwards where it came to the script alone', async () => {
    const project = await projectOf({
      'script.mjs': `import { runExperimentSync } from 'llmobs-exp'
runExperimentSync('./wait.ts')
setTimeout(() => console.log('lives'), 20_000)`,
      'wait.ts': experiment(
        `${numbered(1)} task: async () => {
  process.stderr.write('begun')
  while (!existsSync('go')) await new Promise((resolve) => setTimeout(resolve, 10))
},`,
        "import { existsSync } from 'node:fs'",
      ),
    })
    const running = project.startShell(`exec ${node} script.mjs`)
    await running.prints(/begun/)
    running.signal('SIGINT')
    project.write('go', '')
    const { exitCode, stdout } = await running.ended
    expect([exitCode, stdout]).toEqual([null, ''])
    expect(project.only().manifest.state).toMatchObject({ outcome: { status: 'passed' } })
  })
})
