import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { cliProject } from '../helpers/cli.ts'
import { experiment, numbered } from '../helpers/modules.ts'

const node = process.execPath

const passing = `${numbered(3)} task: async (n) => n, evaluators: { same: ({ input, output }) => input === output },`

/** Modules that scripts import, beside what they are given. */
const files = {
  'exp.ts': experiment(passing),
  'exp.mjs': experiment(passing, '', 'in-code'),
}

async function runScript(
  script: string,
  {
    more = {},
    env = {},
  }: { more?: { readonly [path: string]: string }; env?: { readonly [name: string]: string } } = {},
) {
  const project = await cliProject({
    ...files,
    ...more,
    'script.mjs': `import { runExperiment } from 'llmobs-exp'\nimport definition from './exp.mjs'\nimport { createHook } from 'node:async_hooks'\nimport { readdirSync } from 'node:fs'\n${script}`,
  })
  return { project, ...(await project.shell(`exec ${node} --expose-gc script.mjs`, { env })) }
}

describe('the process around runExperiment', () => {
  it.each([
    ['a definition', 'definition'],
    ['a file', "'./exp.ts'"],
  ])('is left alone by a run of %s: signals, exit code, environment, output', async (_what, source) => {
    const { stdout, stderr, exitCode, project } = await runScript(
      `
      const state = () => JSON.stringify([process.eventNames().map((name) => [String(name), process.listenerCount(name)]), process.exitCode ?? null, Object.keys(process.env).sort(), process.execArgv])
      const before = state()
      const during = []
      for await (const { type } of runExperiment(${source})) during.push(state())
      console.log(during.length > 10, during.every((other) => other === before), state() === before)
      `,
      { more: { '.env': 'FROM_FILE=1\nLLMOBS_EXP_RUNS=5\n', 'llmobs-exp.config.ts': "throw new Error('loaded')" } },
    )
    expect([stdout, stderr, exitCode]).toEqual(['true true true\n', '', 0])
    expect(project.only().manifest.options).toMatchObject({ runs: 1 })
  })

  it('has no exit code of a run that failed', async () => {
    const { exitCode, stdout } = await runScript(`
      const { exitCode } = await runExperiment({ ...definition, task: () => { throw new Error('no') } })
      console.log(exitCode)
    `)
    expect([stdout, exitCode]).toEqual(['1\n', 0])
  })

  it('decides options by its environment, but nothing is printed for that', async () => {
    const { stdout, stderr, project } = await runScript('await runExperiment(definition, { maxRetries: 2 })', {
      env: {
        LLMOBS_EXP_JOBS: '3',
        LLMOBS_EXP_MAX_RETRIES: '1',
        LLMOBS_EXP_REPORTER: 'plain',
        LLMOBS_EXP_STORE: 'elsewhere',
      },
    })
    expect([stdout, stderr]).toEqual(['', ''])
    expect(project.stored('elsewhere')[0]?.manifest.options).toMatchObject({ jobs: 3, maxRetries: 2 })
  })

  it('has nothing left of ten runs: no handle, no timer, no listener, and it ends by itself', async () => {
    const { stdout, stderr, exitCode, project } = await runScript(`
      const live = new Map()
      // Timers that do not keep the process alive are told of by nothing else.
      const hook = createHook({
        init: (id, type) => void (/PROMISE|TickObject|Microtask|Immediate|FSREQ|FILEHANDLE/i.test(type) || live.set(id, type)),
        destroy: (id) => void live.delete(id),
      })
      const listeners = () => process.eventNames().map((name) => [String(name), process.listenerCount(name)])
      const resources = async () => {
        // What was closed is told of until it is collected.
        for (let turn = 0; turn < 3; turn++) {
          await new Promise((resolve) => setTimeout(resolve, 10))
          gc()
          await new Promise((resolve) => setImmediate(resolve))
        }
        return process.getActiveResourcesInfo().sort()
      }
      await runExperiment('./exp.ts', { reporter: 'json=first.json', quiet: true })
      const before = JSON.stringify([await resources(), listeners(), process.stdout.eventNames().length, readdirSync('/proc/self/fd').length])
      hook.enable()
      for (let turn = 0; turn < 10; turn++) {
        const { signal } = new AbortController()
        const run = runExperiment(turn % 2 === 0 ? definition : './exp.ts', { signal, reporter: 'json=report.json', quiet: true })
        for await (const event of run) if (turn % 3 === 0) break
        const result = await run
        if (turn % 3 === 1) for await (const row of result.rows()) break
      }
      await resources()
      hook.disable()
      const left = [...live.values()]
      const after = JSON.stringify([await resources(), listeners(), process.stdout.eventNames().length, readdirSync('/proc/self/fd').length])
      console.log(left, after === before || before + after)
    `)
    expect(stdout).toBe('[] true\n')
    expect(stderr.split('\n').filter((line) => !line.startsWith('passed: '))).toEqual([''])
    expect([exitCode, project.stored()]).toEqual([0, expect.objectContaining({ length: 11 })])
  })

  it('may be one that was given its code on the command line', async () => {
    const project = await cliProject(files)
    const code = "console.log((await (await import('llmobs-exp')).runExperiment('./exp.ts')).passed)"
    const { stdout, stderr } = await project.shell(`exec ${node} --input-type=module --eval "${code}"`)
    expect([stdout, stderr]).toEqual(['true\n', ''])
  })

  it('shows what user code prints where it prints it, from a thread too', async () => {
    const { stdout, stderr } = await runScript("await runExperiment('./loud.ts')", {
      more: { 'loud.ts': experiment(`${numbered(1)} task: () => { console.log('out'); console.error('err') },`) },
    })
    expect([stdout, stderr]).toEqual(['out\n', 'err\n'])
  })

  it('prints what a reporter says that was asked for', async () => {
    const { stdout, stderr, project } = await runScript(
      "await runExperiment(definition, { reporter: 'ndjson' }); await runExperiment(definition, { reporter: 'plain' })",
    )
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({ type: 'experiment-started' })
    expect(stdout).toContain('in-code')
    expect(stderr.match(/passed: in-code; look at it: llmobs-exp show/g)).toHaveLength(2)
    expect(project.stored()).toHaveLength(2)
  })

  it('ends as it would when user code throws where nobody catches, and what is done is kept', async () => {
    const { exitCode, stderr, project } = await runScript(`
      await runExperiment({ ...definition, task: (n) => {
        if (n < 2) return n
        return new Promise(() => setTimeout(() => { throw new Error('from a timer') }, 10))
      } })
    `)
    expect(exitCode).toBe(1)
    expect(stderr).toContain('from a timer')
    expect(project.only().rows.filter(({ status }) => status === 'ok')).toHaveLength(2)
  })
})

describe('llmobs-exp resume, of what code has run', () => {
  const interrupted = `const controller = new AbortController()
    const result = await runExperiment({ ...definition, task: (n) => { if (n === 1) controller.abort(); return n } }, {
      signal: controller.signal, jobs: 1, FILE
    })
    console.log(result.message)`

  it('finds a definition that said where it stands', async () => {
    const { stdout, project } = await runScript(
      interrupted.replace('FILE', "file: new URL('./exp.mjs', import.meta.url)"),
    )
    expect(stdout).toMatch(
      /^ended early: in-code: the run was aborted; what is done is kept; run the rest: llmobs-exp resume/,
    )
    const { exitCode, lastLine } = await project.run(['resume', 'latest', '--allow-changed'])
    expect(lastLine).toMatch(/^passed: in-code/)
    expect(exitCode).toBe(0)
  })

  it('says how it could be found where it is not', async () => {
    const { project } = await runScript(interrupted.replace('FILE', ''))
    const { exitCode, stderr } = await project.run(['resume', 'latest'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('in-code was run by code that did not say where it is defined')
    expect(stderr).toContain('file: import.meta.url')
  })
})
