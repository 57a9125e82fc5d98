import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type CliProject, cliProject } from '../helpers/cli.ts'
import { experiment } from '../helpers/modules.ts'
import { compare, equal, startFake } from '../helpers/pushed.ts'

/** In every value of every record, and in what is made of them. */
const PRIVATE = 'ann@example.com'

/** Fails where task or evaluators do not see what there is. */
const members = `
  task: async ({ mail, n }, { metadata, runIteration }) => {
    appendFileSync('calls', runIteration + '/' + n + '\\n')
    if (!mail.includes('@') || !metadata.mail.includes('@')) throw new Error('the task has no real input')
    if (n === 3 && !existsSync('go')) throw new Error('no answer for ' + mail)
    if (n >= 4 && !existsSync('go')) { console.error('waiting'); await new Promise(() => {}) }
    return { answer: 'dear ' + mail, n }
  },
  evaluators: {
    real: ({ input, output, expectedOutput, metadata, record }) =>
      [input.mail, output.answer, expectedOutput, metadata.mail, record.input.mail].every((text) => text.includes('@')),
    why: ({ output }) => ({ value: output.answer, reasoning: output.answer, metadata: { quote: output.answer } }),
    json: ({ output }) => ({ seen: [output.answer] }),
    broken: ({ output }) => { if (output.n === 2 && !existsSync('go')) throw new TypeError('cannot read ' + output.answer); return 1 },
  },
  summaryEvaluators: { inputs: ({ inputs }) => inputs.map(({ mail }) => mail), outputs: ({ outputs }) => outputs.map((output) => output?.answer ?? null) },
  redact: (value) => typeof value === 'string' ? value.replaceAll(/\\S+@\\S+/g, '[mail]') : value,`

const dataset = `dataset: Array.from({ length: 6 }, (_, n) =>
  ({ id: 'r' + n, input: { mail: '${PRIVATE}', n }, expectedOutput: '${PRIVATE}', metadata: { mail: '${PRIVATE}' } })),`

const imports = "import { appendFileSync, existsSync } from 'node:fs'"

function kept({ folder }: CliProject): string {
  const store = join(folder, '.llmobs-exp', 'experiments')
  const paths = readdirSync(store, { recursive: true, encoding: 'utf8' }).filter((path) => /\.jsonl?$/.test(path))
  return paths.map((path) => readFileSync(join(store, path), 'utf8')).join('\n')
}

test('redact: task and evaluators have the values as they are, also in later runs; nothing else has them', async () => {
  const fake = await startFake()
  const project = await cliProject({ 'exp.ts': experiment(`${dataset} ${members} runs: 2,`, imports), go: '' })
  const args = [
    'run',
    'exp.ts',
    '--debug',
    '--reporter',
    'plain',
    '--reporter',
    'json=out.json',
    '--reporter',
    'ndjson=out.ndjson',
  ]
  const ran = await project.run(args, { env: fake.env })
  const shown = await project.run(['show', 'latest', '--rows', 'all'])

  const stored = project.only()
  expect([ran.exitCode, ran.lastLine]).toEqual([0, expect.stringContaining('passed: exp')])
  expect(stored.rows.map(({ evaluations }) => evaluations.real?.evaluations?.[0]?.value)).toEqual(Array(12).fill(true))
  expect(stored.rows[0]).toMatchObject({ input: { mail: '[mail]' }, output: { answer: 'dear [mail]' } })
  expect(compare(fake, stored)).toEqual(equal)
  const sent = fake.requests.map(({ text }) => text)
  const all = [
    ran.stdout,
    ran.stderr,
    shown.stdout,
    kept(project),
    project.read('out.json'),
    project.read('out.ndjson'),
    ...sent,
  ]
  expect(all.filter((text) => text.includes(PRIVATE))).toEqual([])
  expect(sent.join('\n')).toContain('[mail]')
  // Like everything that is read back from the log.
  expect(stored.events.find(({ type }) => type === 'run-finished')).toMatchObject({
    summaries: [{ value: Array(6).fill('[mail]') }, { value: Array(6).fill('dear [mail]') }],
  })
})

test('redact: what is resumed and what is tried again has the record of the dataset', async () => {
  const project = await cliProject({ 'exp.ts': experiment(`${dataset} ${members}`, imports) })
  const cli = project.start(['run', 'exp.ts', '--jobs', '2'])
  await cli.prints(/(waiting[\s\S]*){2}/)
  cli.signal('SIGKILL')
  const killed = await cli.ended
  expect(kept(project)).toContain('no answer for [mail]')
  project.write('go', '')
  const resumed = await project.run(['resume', 'latest', '--retry-errors'])

  const { rows } = project.only()
  expect([resumed.exitCode, rows.map(({ key }) => key).sort()]).toEqual([0, ['r0', 'r1', 'r2', 'r3', 'r4', 'r5']])
  expect(project.lines('calls').sort()).toEqual(['1/0', '1/1', '1/2', '1/3', '1/3', '1/4', '1/4', '1/5', '1/5'])
  expect(rows.map(({ status, evaluations }) => [status, evaluations.real?.evaluations?.[0]?.value])).toEqual(
    Array(6).fill(['ok', true]),
  )
  expect(killed.stderr + resumed.stdout + resumed.stderr + kept(project)).not.toContain(PRIVATE)
})

test('redact: where it fails the field is replaced, never kept as it was, and that is said once', async () => {
  const redact = `redact: (value, path) => { if (path.startsWith('output') || path === 'metadata.mail') throw new Error('${PRIVATE}'); return value === '${PRIVATE}' ? '[mail]' : value },`
  const more = members.replace(/redact: .*,$/m, redact)
  const project = await cliProject({ 'exp.ts': experiment(`${dataset} ${more}`, imports), go: '' })
  const { stdout, stderr } = await project.run(['run', 'exp.ts', '--only', 'exp'])

  const { rows, events } = project.only()
  expect(rows.map(({ output }) => output)).toEqual(Array(6).fill('[redaction failed]'))
  expect(events.find(({ type }) => type === 'record')).toMatchObject({
    input: { mail: '[mail]' },
    metadata: '[redaction failed]',
  })
  expect(stderr.match(/redact threw/g)).toHaveLength(1)
  expect(stdout + stderr).not.toContain(`Error: ${PRIVATE}`)
})

test('redact: a dataset that can be read only once has one run, of which what was begun is run again', async () => {
  const once = `dataset: (function* () { for (let n = 0; n < 6; n++) yield { id: 'r' + n, input: { mail: '${PRIVATE}', n }, expectedOutput: '${PRIVATE}', metadata: { mail: '${PRIVATE}' } } })(),`
  const project = await cliProject({ 'exp.ts': experiment(`${once} ${members}`, imports) })
  const refused = await project.run(['run', 'exp.ts', '--runs', '2'])
  expect([refused.exitCode, refused.stderr]).toEqual([
    2,
    expect.stringContaining('expected a dataset that can be read again'),
  ])

  const cli = project.start(['run', 'exp.ts', '--jobs', '2'])
  await cli.prints(/(waiting[\s\S]*){2}/)
  cli.signal('SIGKILL')
  await cli.ended
  project.write('go', '')
  const retried = await project.run(['resume', 'latest', '--retry-errors'])
  expect([retried.exitCode, retried.stderr]).toEqual([2, expect.stringContaining('--retry-errors')])
  const resumed = await project.run(['resume', 'latest'])
  expect(resumed.exitCode).toBe(1)
  expect(
    project
      .only()
      .rows.map(({ key, status }) => [key, status])
      .sort(),
  ).toEqual([
    ['r0', 'ok'],
    ['r1', 'ok'],
    ['r2', 'ok'],
    ['r3', 'error'],
    ['r4', 'ok'],
    ['r5', 'ok'],
  ])
  expect(kept(project)).not.toContain(PRIVATE)
})
