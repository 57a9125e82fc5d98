import { expect, test } from 'vitest'
import { cliProject } from '../helpers/cli.ts'
import { foreign, hostileTexts } from '../helpers/hostile.ts'
import { experiment, numbered } from '../helpers/modules.ts'
import { compare, equal, startFake, wireOf } from '../helpers/pushed.ts'

test('U4: whatever is thrown is kept as an error with a short message, and costs its own row only', async () => {
  const project = await cliProject({
    'exp.ts': experiment(
      `${numbered(9)}
      task: (input) => { if (input < 8) throw thrown[input](); return 'fine' },
      evaluators: { same: ({ output }) => output === 'fine' },`,
      `const chain = (depth) => depth === 0 ? new Error('root') : new Error('level ' + depth, { cause: chain(depth - 1) })
const thrown = [
  () => undefined,
  () => null,
  () => 'a text',
  () => Object.freeze(new Error('frozen')),
  () => Object.defineProperty(new Error('x'), 'message', { get() { throw new Error('getter') } }),
  () => chain(50),
  () => new Error('x'.repeat(5_000_000)),
  () => new Proxy({}, { get() { throw new Error('proxy') }, has() { throw new Error('proxy') }, getPrototypeOf() { throw new Error('proxy') } }),
]`,
    ),
  })
  const fake = await startFake()
  const { exitCode, stderr } = await project.run(['run', 'exp.ts'], { env: fake.env })

  const { rows } = project.only()
  const errors = Object.fromEntries(rows.map(({ key, error }) => [key, error]))
  expect(exitCode).toBe(1)
  expect(stderr).not.toContain('defect')
  expect(rows.map(({ status }) => status).sort()).toEqual([...Array(8).fill('error'), 'ok'])
  expect(errors).toMatchObject({
    r0: { message: 'threw undefined' },
    r1: { message: 'threw null' },
    r2: { message: 'threw "a text"' },
    r3: { message: 'frozen', name: 'Error' },
    r4: { code: 'E_TASK', message: expect.any(String) },
    r5: { message: 'level 50' },
    r7: { code: 'E_TASK', message: expect.any(String) },
  })
  let depth = 0
  for (let cause = errors.r5?.cause; cause !== undefined; cause = cause.cause) depth++
  expect(depth).toBe(10)
  // And how much more there was.
  expect(errors.r6?.message.replace(/… \(.*\)$/, '')).toHaveLength(8 * 1024)
  // What the backend was sent is JSON, all of it.
  expect(compare(fake, project.only())).toEqual(equal)
  expect(wireOf(fake, project.only()).spans.filter(({ status }) => status === 'error')).toHaveLength(8)
})

test('U16: user code that replaces globals and floods the console changes no result and no report', async () => {
  const project = await cliProject({
    'exp.ts': experiment(
      `${numbered(50)}
      task: (input) => { console.log('\\u001b[2J' + 'x'.repeat(200_000)); return { n: input } },
      evaluators: { right: ({ output, input }) => output.n === input, size: ({ output }) => output.n },
      summaryEvaluators: { sum: ({ outputs }) => { let sum = 0; for (const { n } of outputs) sum += n; return sum } },`,
      `console.log = (...args) => process.stdout.write('hijacked ' + args.join(' ') + '\\n')
JSON.stringify = () => '"hijacked"'
JSON.parse = () => 'hijacked'
globalThis.fetch = () => { throw new Error('hijacked') }
Array.prototype.map = function () { return ['hijacked'] }
performance.now = () => 0
Date.now = () => 0
process.hrtime = () => [0, 0]
timers.setImmediate = () => {}
import timers from 'node:timers'`,
    ),
  })
  const fake = await startFake()
  const { exitCode, stdout, stderr } = await project.run(['run', 'exp.ts', '--reporter', 'json'], { env: fake.env })

  const { rows } = project.only()
  const report = JSON.parse(stdout)
  expect(exitCode).toBe(0)
  expect(rows).toHaveLength(50)
  for (const { input, output, evaluations } of rows) {
    expect(output).toEqual({ n: input })
    expect(evaluations.right?.evaluations?.[0]?.value).toBe(true)
  }
  expect(report.experiments[0].runs[0].summaryEvaluators).toMatchObject([{ name: 'sum', value: 1225 }])
  expect(stderr.match(/hijacked .*x{1000}/g)).toHaveLength(50)
  expect(stderr).not.toContain('\u001b')
  expect(compare(fake, project.only())).toEqual(equal)
  expect(wireOf(fake, project.only())).toMatchObject({ status: 'completed', spans: { length: 50 } })
})

test('U18: outputs that are no JSON are kept as near as can be, said once, or are errors of their own row', async () => {
  const outputs: { [id: string]: [code: string, expected: unknown] } = {
    nothing: ['undefined', null],
    number: ['Number.NaN', null],
    big: ['10n', '10'],
    date: ['new Date(0)', '1970-01-01T00:00:00.000Z'],
    map: ["new Map([['a', 1]])", expect.anything()],
    set: ['new Set([1])', expect.anything()],
    error: ["new RangeError('kept')", expect.objectContaining({ name: 'RangeError', message: 'kept' })],
    buffer: ["Buffer.from('hi')", expect.anything()],
    circular: ['(() => { const a = { n: 1 }; a.self = a; return a })()', { n: 1, self: '[Circular]' }],
    instance: ['new (class Point { x = 1 })()', { x: 1 }],
    surrogate: ["'\\ud800 lone'", '\ud800 lone'],
    control: ["'a\\u0000b\\u2028\\u202e'", 'a\u0000b\u2028\u202e'],
  }
  const bad: { [id: string]: string } = {
    symbol: "Symbol('s')",
    func: '() => 1',
    deep: '(() => { let a = []; for (let i = 0; i < 20000; i++) a = [a]; return a })()',
    proxy: "new Proxy({}, { ownKeys() { throw new Error('proxy') } })",
    toJSON: "({ toJSON() { throw new Error('toJSON') } })",
    gigabyte: "({ toJSON: () => 'x'.repeat(2 ** 30) })",
    invalidDate: 'new Date(Number.NaN)',
  }
  const cases = [...Object.entries(outputs).map(([id, [code]]) => [id, code]), ...Object.entries(bad)]
  const project = await cliProject({
    'exp.ts': experiment(
      `dataset: Object.keys(outputs).map((id) => ({ id, input: id })), task: (id) => outputs[id](),
      evaluators: { seen: () => true },`,
      `const outputs = { ${cases.map(([id, code]) => `${id}: () => (${code})`).join(',\n')} }`,
    ),
  })
  const fake = await startFake()
  const { exitCode, stderr } = await project.run(['run', 'exp.ts'], { env: fake.env })

  const rows = Object.fromEntries(project.only().rows.map((row) => [row.key, row]))
  expect(Object.keys(rows)).toHaveLength(cases.length)
  for (const [id, [, expected]] of Object.entries(outputs)) {
    expect({ [id]: rows[id]?.output }).toEqual({ [id]: expected })
    expect({ [id]: rows[id]?.evaluations.seen?.status }).toEqual({ [id]: 'ok' })
  }
  for (const id of Object.keys(bad)) {
    const row = rows[id]
    if (row?.status === 'error') expect(row.error?.code).toMatch(/^E_TASK(_OUTPUT)?$/)
    else expect(row?.evaluations.seen?.status).toBe('ok')
  }
  const changes = stderr.split('\n').filter((line) => line.includes('W_JSON_CHANGED'))
  expect(new Set(changes).size).toBe(changes.length)
  expect(changes.length).toBeGreaterThan(3)
  expect(stderr).not.toContain('defect')
  expect(exitCode).toBe(1)
  expect(compare(fake, project.only())).toEqual(equal)
})

test('D3: a value of a megabyte and any code points come back byte for byte', async () => {
  const project = await cliProject({
    'exp.ts':
      experiment(`dataset: [{ id: 'a', input: '\\u0000\\u2028\\u202e\\u{1f469}\\u200d\\u{1f680}\\ud800' + 'y'.repeat(1_000_000) }],
      task: (input) => input, evaluators: { same: ({ output, input }) => output === input },`),
  })
  const { exitCode } = await project.run(['run', 'exp.ts'])

  const [row] = project.only().rows
  const expected = `\u0000\u2028\u202e\u{1f469}\u200d\u{1f680}\ud800${'y'.repeat(1_000_000)}`
  expect(exitCode).toBe(0)
  expect(row?.input === expected && row.output === expected).toBe(true)
  expect(row?.evaluations.same?.evaluations?.[0]?.value).toBe(true)
  // Half a character is kept in what is exported, and is escaped where people look at it.
  const exported = await project.run(['show', 'latest', '--reporter', 'ndjson'])
  const shown = await project.run(['show', 'latest', '--rows', 'all'])
  expect(exported.stdout).toBe(project.read(project.logFile() ?? ''))
  expect(exported.stdout).toContain('\\ud800')
  expect(shown.stdout).toContain('\\ud800')
  expect(shown.stdout).not.toMatch(/\p{Cs}|\u202e/u)
})

test.each([['terminal'], ['plain'], ['json'], ['ndjson'], ['junit'], ['markdown'], ['csv'], ['html']])(
  'D17: hostile texts in every place do not reach a terminal (%s)',
  async (reporter) => {
    const project = await cliProject({
      'exp.ts': experiment(
        `dataset: hostile.map((text, index) => ({ id: 'r' + index + text.toWellFormed(), input: text, expectedOutput: text, metadata: { text }, tags: ['a:' + text] })),
      task: async (text) => {
        while (text === hostile[0] && !existsSync('go')) await sleep(20)
        console.log(text)
        console.error(text)
        if (text.length % 3 === 0) throw new Error(text)
        return text
      },
      evaluators: { label: ({ output }) => output, why: ({ output }) => ({ value: false, reasoning: output, assessment: 'fail' }), bad: ({ output }) => { throw new Error(output) } },
      summaryEvaluators: { sum: () => { throw new Error(hostile.join('')) } },
      config: { text: hostile[0] }, tags: { text: hostile[1] },`,
        `import { existsSync } from 'node:fs'
        import { setTimeout as sleep } from 'node:timers/promises'
        const hostile = ${JSON.stringify(hostileTexts)}`,
      ),
    })
    const run = project.pty(`llmobs-exp run exp.ts --debug --reporter ${reporter}`, { columns: 100 })
    // The rest comes above the live area, where there is one.
    if (reporter === 'terminal') await run.until(() => run.printed().includes('\u001b[?25l'))
    project.write('go', '')
    const { exitCode, stdout } = await run.ended
    const show = await project.pty(`llmobs-exp show latest --rows failing; llmobs-exp show latest; llmobs-exp list`)
      .ended

    expect(exitCode).toBe(1)
    expect(project.only().rows).toHaveLength(hostileTexts.length)
    for (const text of [stdout, show.stdout]) expect(foreign(text)).toEqual([])
  },
)
