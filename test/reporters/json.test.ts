import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import type { Outcome } from '../../src/model/outcome.ts'
import { createJsonReporter } from '../../src/reporters/json.ts'
import type { JsonReport } from '../../src/reporters/json-report.ts'
import { sinkOutput } from '../../src/reporters/output.ts'
import { driveBoth } from '../helpers/drive.ts'
import { experimentEvents } from '../helpers/events.ts'
import { createFakeScreen } from '../helpers/fake-screen.ts'
import {
  booleanLabel,
  delivered,
  fakeInfo,
  fakeRun,
  fakeView,
  groupOutcome,
  passed,
  pushedOutcome,
  rowCounts,
  scoreLabel,
  undelivered,
} from '../helpers/fake-view.ts'
import { drivesTerminal, hostileTexts } from '../helpers/hostile.ts'
import { jsonReportSchema } from '../helpers/json-report-schema.ts'

async function print(view = fakeView(), outcome: Outcome = passed): Promise<string> {
  const { live, replayed } = await driveBoth(
    () => {
      const screen = createFakeScreen()
      const reporter = createJsonReporter({ output: sinkOutput(screen.stdout), ownsStdout: true })
      return { reporter, text: screen.out }
    },
    { events: experimentEvents(), view, outcome: groupOutcome(view.info, outcome) },
  )
  expect(replayed).toBe(live)
  return live
}

const { link: _link, ...unopened } = undelivered

const everyKind = fakeRun({
  rows: rowCounts({ ok: 38, error: 1, timeout: 1 }),
  rowsWithErrors: 2,
  evaluatorErrors: 2,
  labels: [
    booleanLabel(),
    scoreLabel({
      standardDeviation: Number.NaN,
      interval: { low: Number.NEGATIVE_INFINITY, high: Number.NaN, rough: true },
    }),
    {
      type: 'categorical',
      label: 'tone',
      evaluator: 'tone',
      scored: 36,
      errored: 0,
      skipped: 4,
      counts: [{ value: 'calm', count: 36 }],
      otherCount: 0,
    },
    { type: 'json', label: 'details', evaluator: 'details', scored: 40, errored: 0, skipped: 0 },
    {
      type: 'mixed',
      label: 'odd',
      evaluator: 'odd',
      scored: 40,
      errored: 0,
      skipped: 0,
      counts: { boolean: 20, score: 20, categorical: 0, json: 0 },
    },
    { type: 'none', label: 'nothing', evaluator: 'nothing', scored: 0, errored: 0, skipped: 40 },
  ],
  summaries: [
    { name: 'accuracy', status: 'ok', type: 'score', value: 0.85 },
    { name: 'matrix', status: 'ok', type: 'json', value: '{"bug":{"billing":3}}' },
    { name: 'broken', status: 'error', error: { code: 'E_SUMMARY_EVALUATOR', name: 'Error', message: 'boom' } },
  ],
  errors: [
    { where: 'task', error: { code: 'E_TASK', name: 'Error', message: 'boom' }, count: 2, exampleKey: 't-17' },
    {
      where: { evaluator: 'tone' },
      error: { code: 'E_EVALUATOR', name: 'Error', message: 'no tone' },
      count: 1,
      exampleKey: 't-18',
    },
  ],
})

describe('the json reporter', () => {
  it('prints one document', async () => {
    const view = fakeView({
      runs: [fakeRun({ summaries: [{ name: 'accuracy', status: 'ok', type: 'score', value: 0.85 }] })],
    })
    expect(await print(view)).toMatchInlineSnapshot(`
      "{
        "formatVersion": 1,
        "exitCode": 0,
        "exitZero": false,
        "experiments": [
          {
            "id": "20261122t081503-k3f9q2",
            "name": "support-triage",
            "file": "./triage.ts",
            "outcome": {
              "status": "passed",
              "failures": [],
              "early": null,
              "stopped": null
            },
            "exitCode": 0,
            "thresholds": [],
            "quarantine": [],
            "runs": [
              {
                "iteration": 1,
                "runId": "c9f0f895-fb98-4b91-9d47-2c4d9a1f0e11",
                "rows": {
                  "ok": 40,
                  "error": 0,
                  "timeout": 0,
                  "skipped": 0,
                  "cancelled": 0,
                  "pending": 0
                },
                "rowsWithErrors": 0,
                "evaluatorErrors": 0,
                "evaluators": [
                  {
                    "label": "correct",
                    "evaluator": "correct",
                    "scored": 40,
                    "errored": 0,
                    "skipped": 0,
                    "quarantined": 0,
                    "type": "boolean",
                    "value": 0.85,
                    "passed": 34,
                    "interval": {
                      "low": 0.7093,
                      "high": 0.9294,
                      "rough": false
                    }
                  }
                ],
                "summaryEvaluators": [
                  {
                    "name": "accuracy",
                    "status": "ok",
                    "type": "score",
                    "value": 0.85
                  }
                ],
                "errors": [],
                "durationMs": 4200,
                "taskLatencyMs": {
                  "p50": 910,
                  "p95": 1830,
                  "max": 2400
                }
              }
            ],
            "allRuns": null,
            "durationMs": 4200,
            "taskLatencyMs": {
              "p50": 910,
              "p95": 1830,
              "max": 2400
            },
            "log": {
              "folder": ".llmobs-exp/experiments/20261122t081503-k3f9q2",
              "eventsFile": ".llmobs-exp/experiments/20261122t081503-k3f9q2/events.jsonl"
            },
            "delivery": null,
            "comparison": null,
            "pulled": null
          }
        ]
      }
      "
    `)
  })

  it('prints what the schema says, whatever the kind of value', async () => {
    const text = await print(fakeView({ runs: [everyKind] }), {
      status: 'failed',
      exitCode: 1,
      failures: [
        { kind: 'errors', rowsWithErrors: 2, plannedUnits: 40, allowed: '0' },
        { kind: 'threshold', name: 'correct', wanted: 'at least 0.9', got: '0.85' },
        { kind: 'summary-evaluator', name: 'broken', iteration: 1, message: 'boom' },
      ],
    })
    const report: unknown = JSON.parse(text)
    // Strict: a member that the schema does not know fails too.
    expect(jsonReportSchema.parse(report)).toEqual(report)
    expect(text).not.toContain('NaN')
    expect(report).toMatchObject({
      exitCode: 1,
      experiments: [
        {
          runs: [
            {
              evaluators: [
                { value: 0.85 },
                { value: 212.43, standardDeviation: null, interval: { low: null } },
                {},
                {},
                {},
                {},
              ],
              summaryEvaluators: [{ value: 0.85 }, { value: { bug: { billing: 3 } } }, { message: 'boom' }],
              errors: [{ evaluator: null }, { evaluator: 'tone' }],
            },
          ],
        },
      ],
    })
  })

  it.each<[string, Outcome, unknown]>([
    [
      'a signal',
      { status: 'stopped', exitCode: 130, reason: { kind: 'signal', signal: 'SIGINT' }, failures: [] },
      { kind: 'signal', code: null, message: 'SIGINT' },
    ],
    [
      'user code',
      {
        status: 'stopped',
        exitCode: 4,
        reason: {
          kind: 'user-code-ended',
          error: { code: 'E_USER_CODE_ENDED', name: 'Error', message: 'process.exit(0)' },
        },
        failures: [],
      },
      { kind: 'user-code-ended', code: 'E_USER_CODE_ENDED', message: 'process.exit(0)' },
    ],
  ])('says that %s ended it early', async (_name, outcome, stopped) => {
    const report = jsonReportSchema.parse(JSON.parse(await print(fakeView(), outcome)))
    expect(report.experiments[0]?.outcome.stopped).toEqual(stopped)
    expect(report.exitCode).toBe(outcome.exitCode)
  })

  it.each([
    [delivered, { status: 'delivered', spans: 40, metrics: 1081, pending: 0, rejected: 0, reason: null }],
    [undelivered, { status: 'undelivered', pending: 1, rejected: 1200, reason: 'no answer from api.datadoghq.com' }],
    [unopened, { link: null }],
  ])('says what a backend has of it: %o', async (delivery, told) => {
    const screen = createFakeScreen()
    const reporter = createJsonReporter({ output: sinkOutput(screen.stdout), ownsStdout: true })
    await reporter.finish?.(pushedOutcome(fakeInfo(), delivery))
    expect(jsonReportSchema.parse(JSON.parse(screen.out())).experiments[0]?.delivery).toMatchObject(told)
  })

  it('lists an experiment that was not started', async () => {
    const screen = createFakeScreen()
    const reporter = createJsonReporter({ output: sinkOutput(screen.stdout), ownsStdout: true })
    const error = { code: 'E_DATASET_EMPTY', name: 'LlmobsExpError', message: 'no record is left' } as const
    const outcome: Outcome = { status: 'stopped', exitCode: 2, reason: { kind: 'not-started', error }, failures: [] }
    await reporter.finish?.(groupOutcome(fakeInfo(), outcome))
    const report = jsonReportSchema.parse(JSON.parse(screen.out()))
    expect(report.experiments).toMatchObject([{ exitCode: 2, runs: [], durationMs: 0 }])
  })

  it('escapes every control character, and the text comes back as it was', async () => {
    const [error] = everyKind.errors
    if (error === undefined) throw new Error('no error')
    const errors = hostileTexts.map((message) => ({ ...error, error: { ...error.error, message } }))
    const text = await print(fakeView({ runs: [{ ...everyKind, errors }] }))
    expect(text).not.toMatch(drivesTerminal)
    const report = jsonReportSchema.parse(JSON.parse(text))
    expect(report.experiments[0]?.runs[0]?.errors.map(({ message }) => message)).toEqual(hostileTexts)
  })
})

describe('the schema of the json document', () => {
  it('is the one that is published', async () => {
    const schema = z.toJSONSchema(jsonReportSchema, { io: 'input' })
    await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot('../../docs/json-report.schema.json')
  })

  it('describes what the type describes', () => {
    expectTypeOf<JsonReport>().toExtend<z.infer<typeof jsonReportSchema>>()
  })
})
