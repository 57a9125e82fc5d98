import { describe, expect, test } from 'vitest'
import { cliProject } from '../helpers/cli.ts'
import type { Evaluator } from '../helpers/fake-datadog/evaluators.ts'
import { memberAt } from '../helpers/fake-datadog/json.ts'
import { compare, equal, startFake } from '../helpers/pushed.ts'

const module = `import { byName, defineExperiment, multi, remoteEvaluator } from 'llmobs-exp'

const helpfulness = remoteEvaluator('helpfulness')

export default defineExperiment({
  name: 'judged',
  dataset: [{ id: 'good', input: 1 }, { id: 'odd', input: 2, expectedOutput: 'two' }],
  config: { model: 'a' },
  task: (n) => 'answer ' + n,
  evaluators: {
    ...byName(helpfulness),
    again: async (context) => ({ ...(await helpfulness.evaluate(context)), tags: { from: 'again' } }),
    own: ({ output }) => multi({ long: output.length > 3 }),
    missing: remoteEvaluator('no such one', { transform: ({ output }) => ({ text: output }) }),
  },
})
`

const error = { type: 'RATE_LIMIT_EXCEEDED', message: 'too many', recommended_resolution: 'wait a minute' }

/** Likes all answers but the second. */
const helpfulness: Evaluator = (context) =>
  memberAt(context, 'span_output') === 'answer 1'
    ? { type: 'value', value: 0.75, assessment: 'pass', reasoning: 'to the point' }
    : { type: 'failure', httpStatus: 400, status: 'WARN', error }

/** Text without the breaks of its lines. */
function inLine(text: string): string {
  return text.replace(/\s+/g, ' ')
}

describe('evaluators at Datadog', () => {
  test('judge rows; what they find and why they do not is in the store, and goes back as it was', async () => {
    const fake = await startFake({ evaluators: { helpfulness } })
    const project = await cliProject({ 'exp.ts': module })
    const { exitCode, stdout } = await project.run(['run', 'exp.ts', '--max-errors', '2'], { env: fake.env })

    expect(exitCode).toBe(0)
    expect(inLine(stdout)).toContain('evaluator "helpfulness" at Datadog: too many (RATE_LIMIT_EXCEEDED)')
    const [good, odd] = project.only().rows.toSorted((a, b) => (a.key < b.key ? -1 : 1))
    expect(good?.evaluations).toMatchObject({
      helpfulness: {
        status: 'ok',
        evaluations: [{ label: 'helpfulness', type: 'score', value: 0.75, source: 'managed' }],
      },
      again: {
        status: 'ok',
        evaluations: [{ label: 'again', value: 0.75, tags: { from: 'again' }, source: 'managed' }],
      },
      missing: { status: 'error', error: { code: 'E_REMOTE_EVALUATOR' } },
    })
    expect(odd?.evaluations).toMatchObject({
      helpfulness: { status: 'error', error: { code: 'E_REMOTE_EVALUATOR', managed: { severity: 'WARN', error } } },
    })

    expect(compare(fake, project.only())).toEqual(equal)
    const metric = (label: string) =>
      fake.state.events
        .metrics()
        .filter((one) => one.label === label)
        .map(({ hits }) => hits[0]?.event)
    expect(metric('helpfulness')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          status: 'OK',
          score_value: 0.75,
          eval_source_type: 'managed',
          reasoning: 'to the point',
        }),
        expect.objectContaining({ status: 'WARN', error, eval_source_type: 'managed' }),
      ]),
    )
    expect(metric('missing')).toMatchObject([{ eval_source_type: 'managed' }, { eval_source_type: 'managed' }])
    expect(metric('own-long')[0]).not.toHaveProperty('eval_source_type')
  })

  test('are told of the row, its config and its ids', async () => {
    const fake = await startFake({ evaluators: { helpfulness } })
    const project = await cliProject({ 'exp.ts': module })
    await project.run(['run', 'exp.ts', '--record', 'odd'], { env: fake.env })
    const asked = fake.asked('infer-evaluator').find(({ path }) => path.includes('helpfulness'))
    const [span] = fake.state.events.spans()
    expect(memberAt(asked?.json, 'data', 'attributes', 'context')).toEqual({
      span_input: 2,
      span_output: 'answer 2',
      meta: { expected_output: 'two', metadata: { experiment_config: { model: 'a' } } },
      span_id: span?.spanId,
      trace_id: span?.hits[0]?.event.trace_id,
    })
  })

  test('without keys leave the rows with errors that name them', async () => {
    const project = await cliProject({ 'exp.ts': module })
    const { exitCode, stdout } = await project.run(['run', 'exp.ts'])
    expect(exitCode).toBe(1)
    expect(inLine(stdout)).toContain('remoteEvaluator "helpfulness": expected the keys of Datadog')
  })
})
