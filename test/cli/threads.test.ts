import { describe, expect, it } from 'vitest'
import { cliProject } from '../helpers/cli.ts'
import { experiment, numbered, passing } from '../helpers/modules.ts'
import type { StoredRow } from '../helpers/stored.ts'
import { blocking, threaded } from '../helpers/threaded.ts'

/** The threads that tasks say they were in. */
function threadsOf(rows: readonly StoredRow[]): Set<unknown> {
  return new Set(rows.map(({ output }) => JSON.stringify(output).match(/"threadId":(\d+)/)?.[1]))
}

describe('--threads n', () => {
  it('spreads tasks that block over so many threads, each called once', async () => {
    const project = await cliProject({ 'exp.ts': threaded(150, '') })
    const { exitCode, stderr } = await project.run(['run', 'exp.ts', '--threads', '3'])

    expect(exitCode).toBe(0)
    expect(stderr).not.toContain('warning')
    expect(threadsOf(project.only().rows.slice(-60)).size).toBe(3)
    expect(project.lines('calls')).toHaveLength(150)
    expect(new Set(project.lines('calls')).size).toBe(150)
    expect(project.only().manifest.options.threads).toBe(3)
  })

  it('lets no unit wait for a thread that is blocked while another one is idle', async () => {
    const others = `readFileSync('returned', 'utf8').length < 29`
    const project = await cliProject({
      'exp.ts': threaded(
        30,
        `if (input === 0) while (${others}) block(20); else appendFileSync('returned', '.')`,
        `import { readFileSync } from 'node:fs'`,
      ),
      returned: '',
    })
    const { exitCode } = await project.run(['run', 'exp.ts', '--threads', '2', '--jobs', '8'])

    expect(exitCode).toBe(0)
    expect(project.only().rows).toHaveLength(30)
  })

  it('keeps the limit of jobs, over all threads', async () => {
    const project = await cliProject({
      'exp.ts': experiment(
        `${numbered(40)}
        task: async (input) => { appendFileSync('log', '+\\n'); await new Promise((go) => setTimeout(go, 30)); appendFileSync('log', '-\\n'); return input },
        evaluators: {},`,
        blocking,
      ),
    })
    await project.run(['run', 'exp.ts', '--threads', '3', '--jobs', '4'])

    let inFlight = 0
    const counts = project.lines('log').map((sign) => (inFlight += sign === '+' ? 1 : -1))
    expect(Math.max(...counts)).toBe(4)
  })

  it('calls evaluators with a limit of their own in any thread', async () => {
    const project = await cliProject({
      'exp.ts': experiment(
        `${numbered(40)}
        task: async (input) => { await null; return { input } },
        evaluators: {
          same: ({ output, expectedOutput }) => { block(20); return output.input === expectedOutput },
          thread: () => { block(20); return 'thread ' + threadId },
        },`,
        blocking,
      ),
    })
    const { exitCode } = await project.run(['run', 'exp.ts', '--threads', '3', '--eval-jobs', '6'])

    const rows = project.only().rows
    expect(exitCode).toBe(0)
    expect(rows.map(({ evaluations }) => evaluations.same?.status)).toEqual(new Array(40).fill('ok'))
    expect(new Set(rows.map(({ evaluations }) => evaluations.thread?.evaluations?.[0]?.value)).size).toBeGreaterThan(2)
  })

  it('tries calls that fail again, in whichever thread', async () => {
    const then = `if (input % 10 === 0 && !existsSync('failed' + input)) { appendFileSync('failed' + input, ''); throw new Error('once') }`
    const project = await cliProject({ 'exp.ts': threaded(30, then) })
    const { exitCode } = await project.run(['run', 'exp.ts', '--threads', '3', '--max-retries', '1'])

    expect(exitCode).toBe(0)
    expect(
      project
        .only()
        .rows.map(({ attempts }) => attempts)
        .filter((attempts) => attempts === 2),
    ).toHaveLength(3)
  }, 20_000)

  it('stops all threads at the first error with --raise-errors', async () => {
    const project = await cliProject({ 'exp.ts': threaded(200, `if (input === 20) throw new Error('raised')`) })
    const { exitCode, stderr } = await project.run(['run', 'exp.ts', '--threads', '3', '--raise-errors'])

    expect(exitCode).toBe(1)
    expect(stderr).toContain('raised')
    expect(project.lines('calls').length).toBeLessThan(60)
  })

  it('stops all threads at a brake', async () => {
    const project = await cliProject({ 'exp.ts': threaded(200, `throw new Error('wrong key')`) })
    const { exitCode } = await project.run(['run', 'exp.ts', '--threads', '3'])

    expect(exitCode).toBe(4)
    expect(project.lines('calls').length).toBeLessThan(40)
  })

  it('gives summary evaluators the rows of all threads, and reads the dataset once', async () => {
    const project = await cliProject({
      'exp.ts': experiment(
        `dataset: (function* () { for (let n = 0; n < 150; n++) { appendFileSync('read', n + '\\n'); yield { input: n } } })(),
        task: (input) => { block(20); return { input, threadId } }, evaluators: {},
        summaryEvaluators: { sum: ({ outputs }) => outputs.reduce((sum, { input }) => sum + input, 0) },`,
        blocking,
      ),
    })
    const { stdout } = await project.run(['run', 'exp.ts', '--threads', '3', '--reporter', 'json'])

    expect(threadsOf(project.only().rows.slice(-60)).size).toBe(3)
    expect(project.lines('read')).toHaveLength(150)
    expect(stdout).toContain('11175')
  })

  it('prints once what a module prints while it is loaded, and says which row prints with --debug', async () => {
    const project = await cliProject({
      'exp.ts': threaded(12, `console.log('task ' + input)`, `console.log('loading')`),
    })
    const { stderr } = await project.run(['run', 'exp.ts', '--threads', '3', '--debug'])

    expect(stderr.match(/loading/g)).toHaveLength(1)
    expect(stderr.match(/task \d+/g)).toHaveLength(12)
    expect(stderr).toMatch(/r7.*task 7/)
  })

  it('goes on in the threads that there are where the module can be loaded but once', async () => {
    const once = `if (existsSync('loaded')) throw new Error('the port is taken'); appendFileSync('loaded', '')`
    const project = await cliProject({ 'exp.ts': threaded(20, '', once) })
    const { exitCode, stderr } = await project.run(['run', 'exp.ts', '--threads', '3'])

    expect(exitCode).toBe(0)
    expect(stderr.match(/W_THREAD_START: .*the port is taken/g)).toHaveLength(1)
    expect(threadsOf(project.only().rows).size).toBe(1)
  })

  it('is taken from the definition, and kept by resume', async () => {
    const module = threaded(150, `if (input === 10 && existsSync('exits')) process.exit(0)`)
    const project = await cliProject({ 'exp.ts': module.replace('task:', 'threads: 2, task:'), exits: '' })
    expect((await project.run(['run', 'exp.ts'])).exitCode).toBe(4)

    expect((await project.shell('rm exits && llmobs-exp resume latest')).exitCode).toBe(0)
    expect(project.only().manifest.options.threads).toBe(2)
    expect(threadsOf(project.only().rows.slice(-50)).size).toBe(2)
  })

  it('refuses what is no number of threads', async () => {
    const project = await cliProject({ 'exp.ts': experiment(`${numbered(1)} ${passing}`) })
    const { exitCode, stderr } = await project.run(['run', 'exp.ts', '--threads', 'many'])

    expect(exitCode).toBe(2)
    expect(stderr).toContain('--threads: expected a whole number from 0 to 64, or auto, got "many"')
  })
})

describe('--threads auto', () => {
  it('starts more threads when code blocks, and says so in a line', async () => {
    const project = await cliProject({ 'exp.ts': threaded(400, '') })
    const { exitCode, stderr } = await project.run(['run', 'exp.ts'])

    expect(exitCode).toBe(0)
    expect(stderr.match(/W_THREADS_ADDED: user code blocks its thread: .*--threads 1/g)).toHaveLength(1)
    expect(threadsOf(project.only().rows).size).toBeGreaterThan(1)
    expect(project.lines('calls')).toHaveLength(400)
  }, 20_000)

  it('has one thread for code that waits', async () => {
    const project = await cliProject({
      'exp.ts': experiment(
        `${numbered(400)}
        task: async (input) => { await new Promise((go) => setTimeout(go, 100)); return { input, threadId } },
        evaluators: {},`,
        blocking,
      ),
    })
    const { stderr } = await project.run(['run', 'exp.ts'])

    expect(stderr).not.toContain('warning')
    expect(threadsOf(project.only().rows).size).toBe(1)
  }, 20_000)
})

describe('--threads 0', () => {
  it('runs user code in the process of the tool, says so, and comes to the same', async () => {
    const project = await cliProject({
      'exp.ts': experiment(
        `${numbered(20)}
        task: async (input) => { console.log('task ' + input); return { input, isMainThread } },
        evaluators: { main: ({ output }) => output.isMainThread },
        summaryEvaluators: { count: ({ rows }) => rows.length },`,
        "import { isMainThread } from 'node:worker_threads'",
      ),
    })
    const { exitCode, stdout, stderr } = await project.run(['run', 'exp.ts', '--threads', '0'])

    expect(exitCode).toBe(0)
    expect(stderr).toMatch(/^--threads 0: user code runs in the process of llmobs-exp; .*Ctrl-C$/m)
    expect(stderr.match(/task \d+/g)).toHaveLength(20)
    expect(stdout).not.toContain('task 1')
    expect(project.only().rows.map(({ evaluations }) => evaluations.main?.evaluations?.[0]?.value)).toEqual(
      new Array(20).fill(true),
    )
  })

  it('takes process.exit for the end of the experiment, as a thread does, and resume does the rest', async () => {
    const project = await cliProject({
      'exp.ts': experiment(
        `${numbered(20)} task: (input) => { if (input === 10 && existsSync('exits')) process.exit(0); return input }, evaluators: {},`,
        blocking,
      ),
      exits: '',
    })
    const { exitCode, lastLine } = await project.run(['run', 'exp.ts', '--threads', '0', '--jobs', '1'])

    expect(exitCode).toBe(4)
    expect(lastLine).toContain('user code called process.exit(0)')
    expect(project.only().rows).toHaveLength(10)
    expect((await project.shell('rm exits && llmobs-exp resume latest --threads 0')).exitCode).toBe(0)
  })

  it('takes an error that nobody catches for the end of the experiment', async () => {
    const project = await cliProject({
      'exp.ts': experiment(
        `${numbered(1)} task: () => new Promise(() => setTimeout(() => { throw new Error('too late') })), evaluators: {},`,
      ),
    })
    const { exitCode, lastLine } = await project.run(['run', 'exp.ts', '--threads', '0'])

    expect(exitCode).toBe(4)
    expect(lastLine).toContain('an error that user code did not catch: too late')
  })

  it('times calls out that wait', async () => {
    const project = await cliProject({
      'exp.ts': experiment(
        `${numbered(5)} task: (input) => input === 2 ? new Promise(() => {}) : input, evaluators: {},`,
      ),
    })
    const { exitCode } = await project.run(['run', 'exp.ts', '--threads', '0', '--timeout', '300ms'])

    expect(exitCode).toBe(1)
    expect(
      project
        .only()
        .rows.map(({ status }) => status)
        .sort(),
    ).toEqual(['ok', 'ok', 'ok', 'ok', 'timeout'])
  })

  it.each(['the definition', 'the config file'])('is refused in %s, which is read too late for it', async (place) => {
    const project = await cliProject({
      'exp.ts': experiment(`${numbered(1)} ${passing} ${place === 'the definition' ? 'threads: 0,' : ''}`),
      ...(place === 'the definition' ? {} : { 'llmobs-exp.config.ts': 'export default { threads: 0 }' }),
    })
    const { exitCode, stderr } = await project.run(['run', 'exp.ts'])

    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/threads: expected a whole number from 1 to 64, or 'auto'/)
  })
})
