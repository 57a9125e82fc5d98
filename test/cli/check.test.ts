import { describe, expect, test } from 'vitest'
import { type CliProject, cliProject } from '../helpers/cli.ts'
import { drivesTerminal } from '../helpers/hostile.ts'
import { experiment, numbered, passing } from '../helpers/modules.ts'

const triage = `import { appendFileSync } from 'node:fs'
import { defineExperiment, jsonl } from 'llmobs-exp'
import { z } from 'zod'

class Similarity {
  readonly name = 'similarity'
  evaluate({ output }: { output: string }) { appendFileSync('called', 'evaluator'); return output.length }
}

export default defineExperiment({
  name: 'triage',
  dataset: jsonl('./triage.jsonl', {
    input: z.object({ ticket: z.string(), lang: z.string().optional() }),
    expectedOutput: z.enum(['bug', 'billing']),
    metadata: z.object({ hard: z.boolean() }),
  }),
  config: { model: 'small', temperature: 0 },
  variants: { small: {}, large: { config: { model: 'large' } } },
  task: async ({ ticket }) => { appendFileSync('called', 'task'); return ticket },
  evaluators: {
    correct: ({ output, expectedOutput }) => output === expectedOutput,
    tone: async ({ output }) => output.length,
    similarity: new Similarity(),
  },
  summaryEvaluators: { share: () => 1 },
  thresholds: { correct: 0.9, tone: { max: 400 } },
  tags: { team: 'support' },
  runs: 3,
  jobs: 8,
  maxRetries: 1,
})
`
const records = ['bug', 'billing', 'bug', 'billing'].map((label, index) =>
  JSON.stringify({
    id: `t${index}`,
    input: { ticket: label, ...(index > 1 ? { lang: 'de' } : {}) },
    expectedOutput: label,
    metadata: { hard: index === 3 },
  }),
)
const files = { 'triage.ts': triage, 'triage.jsonl': `${records.join('\n')}\n` }

async function checked(project: CliProject, args: readonly string[]) {
  const result = await project.run(['check', ...args, '--json'])
  return { ...result, report: JSON.parse(result.stdout) }
}

describe('check', () => {
  test('lists what would run, for people', async () => {
    const project = await cliProject(files)
    const { exitCode, stdout, stderr } = await project.run(['check', 'triage.ts', '--only', 'large'])

    expect([exitCode, stderr]).toEqual([0, 'valid: 1 experiment would run, 12 units; nothing was run\n'])
    expect(stdout).toMatchInlineSnapshot(`
      "triage/large
        triage.ts, export default
        dataset             jsonl ./triage.jsonl, 4 records
        input               { ticket: string, lang?: string }
        expectedOutput      string
        metadata            { hard: boolean }
        would run           4 records × 3 runs = 12 units, 8 jobs
        task                async function
        evaluators          correct, tone (async), similarity (Similarity)
        summary evaluators  share
        thresholds          correct at least 0.9, tone at most 400
        config              {"model":"large","temperature":0}
        tags                team:support
        limits              task 10 min 00 s, evaluators 5 min 00 s, 1 retry, max errors 0
      "
    `)
  })

  test('calls nothing and writes nothing', async () => {
    const project = await cliProject(files)
    const args = ['triage.ts', '--reporter', 'json=report.json', '--store', 'elsewhere']
    const { exitCode, report } = await checked(project, args)

    expect(exitCode).toBe(0)
    expect(report).toMatchObject({ valid: true, units: 24 })
    expect(['called', '.llmobs-exp', 'elsewhere', 'report.json'].filter(project.exists)).toEqual([])
  })

  test('says the same as JSON', async () => {
    const project = await cliProject(files)
    const { report } = await checked(project, ['triage.ts', '--only', 'small'])

    expect(report).toEqual({
      formatVersion: 1,
      valid: true,
      units: 12,
      experiments: [
        {
          name: 'triage/small',
          file: 'triage.ts',
          exportName: 'default',
          variant: 'small',
          dataset: {
            kind: 'source',
            description: 'jsonl ./triage.jsonl',
            records: 4,
            invalid: 0,
            types: {
              input: '{ ticket: string, lang?: string }',
              expectedOutput: 'string',
              metadata: '{ hard: boolean }',
            },
          },
          selected: 4,
          units: 12,
          task: { async: true },
          evaluators: [
            { name: 'correct', async: false, className: null },
            { name: 'tone', async: true, className: null },
            { name: 'similarity', async: false, className: 'Similarity' },
          ],
          summaryEvaluators: [{ name: 'share', async: false, className: null }],
          thresholds: { correct: { min: 0.9 }, tone: { max: 400 } },
          config: { model: 'small', temperature: 0 },
          tags: { team: 'support' },
          options: { runs: 3, jobs: 8, evalJobs: null, timeout: 600_000, evalTimeout: 300_000, maxRetries: 1 },
        },
      ],
    })
  })

  test.each([
    [['--filter', 'hard=false'], 3, 9],
    [['--filter', 'input.lang=de', '--sample-size', '1'], 1, 3],
    [['--record', 't1', '--record', 't3', '--runs', '1'], 2, 2],
    [['-n', '3', '--sample-seed', '7'], 3, 9],
    [['-n', '99'], 4, 12],
  ])('counts the records that %j leaves', async (args, selected, units) => {
    const project = await cliProject(files)
    const { report } = await checked(project, ['triage.ts', '--only', 'small', ...args])

    expect(report.experiments).toMatchObject([{ selected, units, dataset: { records: 4 } }])
  })

  test('takes the options of run, from the command line and the environment', async () => {
    const project = await cliProject(files)
    const args = ['check', 'triage.ts', '--only', 'small', '--config', 'model=x', '--tag', 'a:b', '--json']
    const { stdout } = await project.run(args, { env: { LLMOBS_EXP_JOBS: '2', CI: '1' } })

    expect(JSON.parse(stdout).experiments).toMatchObject([
      { config: { model: 'x', temperature: 0 }, tags: { team: 'support', a: 'b' }, options: { jobs: 2 } },
    ])
  })

  test('leaves an iterable to the run', async () => {
    const project = await cliProject({
      'exp.ts': experiment(
        `dataset: (function* () { appendFileSync('read', 'x'); yield { input: 1 } })(), task: (input) => input, evaluators: {},`,
        "import { appendFileSync } from 'node:fs'",
      ),
    })
    const { exitCode, stdout, stderr } = await project.run(['check', 'exp.ts', '-n', '5'])
    const { report } = await checked(project, ['exp.ts'])

    expect(exitCode).toBe(0)
    expect(stdout).toContain('an iterable, which is read when it runs')
    expect(stdout).toContain('at most 5 records × 1 run, 10 jobs')
    expect(stderr).toBe('valid: 1 experiment would run, as many as an iterable will give; nothing was run\n')
    expect(report).toMatchObject({ units: null, experiments: [{ selected: null, units: null }] })
    expect(project.exists('read')).toBe(false)
  })

  test('counts what --skip-invalid leaves out', async () => {
    const project = await cliProject({ ...files, 'triage.jsonl': `${records[0]}\n{"input":7}\n{\n` })
    const { stdout } = await project.run(['check', 'triage.ts', '--only', 'small', '--skip-invalid'])

    expect(stdout).toContain('jsonl ./triage.jsonl, 1 record, 2 not valid and left out')
    expect(stdout).toContain('would run           1 record × 3 runs = 3 units')
  })
})

const refused: { readonly [what: string]: { readonly text: string; readonly args?: readonly string[] } } = {
  'a syntax error': { text: 'export default {\n  name: "x",,\n}\n' },
  'a misspelt member': { text: experiment(`${numbered(3)} ${passing} evaluaters: {},`) },
  'a threshold on a misspelt evaluator': { text: experiment(`${numbered(3)} ${passing} thresholds: { smae: 1 },`) },
  'a module that throws': { text: experiment(`${numbered(3)} ${passing}`, "throw new Error('no key')") },
  'a misspelt --only': { text: experiment(`${numbered(3)} ${passing}`), args: ['--only', 'exq'] },
  'a misspelt --config': {
    text: experiment(`${numbered(3)} ${passing} config: { model: 'a' },`),
    args: ['--config', 'modle=b'],
  },
  'a misspelt reporter': { text: experiment(`${numbered(3)} ${passing}`), args: ['--reporter', 'jsn'] },
  'a bad value': { text: experiment(`${numbered(3)} ${passing}`), args: ['--jobs', '0'] },
  'an invalid record': { text: experiment('dataset: [{ input: 1 }, { inptu: 2 }], task: (input) => input,') },
  'a dataset that is not there': {
    text: experiment(`dataset: jsonl('./missing.jsonl'), ${passing}`, "import { jsonl } from 'llmobs-exp'"),
  },
  'an empty dataset': { text: experiment('dataset: [], task: (input) => input,') },
}

describe('what run refuses before any task', () => {
  test.each(Object.entries(refused))('is refused by check alike: %s', async (_what, { text, args = [] }) => {
    const project = await cliProject({ 'exp.ts': text })
    const ran = await project.run(['run', 'exp.ts', ...args])
    const { exitCode, stdout, stderr } = await project.run(['check', 'exp.ts', ...args])

    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 2, stdout: '', stderr: ran.stderr })
  })

  test('is told as JSON too, beside the text for people', async () => {
    const project = await cliProject({ 'exp.ts': experiment(`${numbered(3)} ${passing} thresholds: { smae: 1 },`) })
    const { exitCode, report, stderr } = await checked(project, ['exp.ts'])

    expect(exitCode).toBe(2)
    expect(stderr).toContain('error E_DEFINITION: ')
    expect(report).toMatchObject({
      formatVersion: 1,
      valid: false,
      error: {
        code: 'E_DEFINITION',
        hint: 'did you mean "same"?',
        location: { file: expect.stringContaining('exp.ts') },
      },
    })
  })

  test('includes a filter that matches nothing', async () => {
    const project = await cliProject(files)
    const { exitCode, stderr } = await project.run(['check', 'triage.ts', '--filter', 'hard=maybe'])

    expect(exitCode).toBe(2)
    expect(stderr).toBe(
      'error E_DATASET_EMPTY: triage/small: no record matches --filter hard=maybe\n' +
        '  hint: no record has this value of "hard"; there are "false", "true"\n',
    )
  })

  test('a signal while a module loads ends check with exit code 2', async () => {
    const project = await cliProject({
      'exp.ts': experiment(`${numbered(1)} ${passing}`, "console.error('loading'); await new Promise(() => {})"),
    })
    const cli = project.start(['check', 'exp.ts'])
    await cli.prints(/loading/)
    cli.signal('SIGINT')
    const { exitCode, stderr } = await cli.ended

    expect(exitCode).toBe(2)
    expect(stderr).toContain('ended by SIGINT before any task was started')
  })
})

describe('where it prints', () => {
  test('what a module says while it loads goes to stderr', async () => {
    const project = await cliProject({ 'exp.ts': experiment(`${numbered(2)} ${passing}`, "console.log('hello')") })
    const { report, stderr } = await checked(project, ['exp.ts'])

    expect(report.valid).toBe(true)
    expect(stderr).toBe('hello\nvalid: 1 experiment would run, 2 units; nothing was run\n')
  })

  test('--quiet leaves the last line', async () => {
    const project = await cliProject(files)
    const { stdout, lastLine } = await project.run(['check', 'triage.ts', '--quiet'])

    expect([stdout, lastLine]).toEqual(['', 'valid: 2 experiments would run, 24 units; nothing was run'])
  })

  test('a terminal of 40 columns gets lines of its own for labels, and none is too long', async () => {
    const project = await cliProject(files)
    const { exitCode, stdout } = await project.pty('NO_COLOR=1 llmobs-exp check triage.ts 2>/dev/null', {
      columns: 40,
    }).ended

    expect(exitCode).toBe(0)
    const lines = stdout.split('\r\n')
    expect(lines).toContain('    4 records × 3 runs = 12 units, 8')
    expect(lines.filter((line) => line.length > 40 && !line.startsWith('error'))).toEqual([])
  })

  test('T3: a reader that goes away does not disturb it', async () => {
    const project = await cliProject(files)
    const { stdout, stderr } = await project.shell('llmobs-exp check triage.ts | head -1; echo done')

    expect(stdout).toBe('triage/small\ndone\n')
    expect(stderr).not.toContain('EPIPE')
  })

  test('names from a module cannot steer the terminal', async () => {
    const hostile = String.raw`config: { a: '\u001b[2J' }, tags: { b: '\u001b]0;x\u0007' },`
    const project = await cliProject({ 'exp.ts': experiment(`${numbered(2)} ${passing} ${hostile}`) })
    const { exitCode, stdout } = await project.run(['check', 'exp.ts'])
    const { stdout: json } = await project.run(['check', 'exp.ts', '--json'])

    expect(exitCode).toBe(0)
    expect(stdout + json).not.toMatch(drivesTerminal)
  })

  test('a misspelt command and a misspelt flag get a suggestion', async () => {
    const project = await cliProject(files)
    const command = await project.run(['chekc', 'triage.ts'])
    const flag = await project.run(['check', 'triage.ts', '--jsno'])

    expect([command.exitCode, flag.exitCode]).toEqual([2, 2])
    expect(command.stderr).toContain('did you mean check?')
    expect(flag.stderr).toContain('did you mean --json?')
  })
})
