import fc from 'fast-check'
import type { ErrorCode, ErrorInfo } from '../../src/model/errors.ts'
import type { LabelledEvaluation, MetricValue } from '../../src/model/evaluation.ts'
import type { CallTiming, EventBody, RunEvent } from '../../src/model/events.ts'
import { type Json, toJson } from '../../src/model/json.ts'
import { hostileTexts } from './hostile.ts'

/** Any text, with halves of surrogate pairs and whatever else a string can hold. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.nat(0xffff)).map((codes) => String.fromCharCode(...codes)),
  fc.constantFrom(...hostileTexts, '', '__proto__', 'constructor', ',"crc":1}', '"type":"record"', '\n', '\u2028'),
)

/** Any value as JSON text, the way `toJson` writes it. */
const anyJson: fc.Arbitrary<Json> = fc
  .oneof(
    fc.jsonValue(),
    anyText,
    fc.double(),
    fc.constantFrom(-0, 5e-324, 1.7976931348623157e308, 2 ** 53, -1e21, 1e-7),
    fc.dictionary(anyText, fc.jsonValue(), { noNullPrototype: false }),
    fc
      .constantFrom('{"__proto__":{"polluted":true}}', '{"crc":1,"v":99,"type":"x"}')
      .map((text): unknown => JSON.parse(text)),
  )
  .map((value) => toJson(value).json)

/** Any value that JSON keeps as it is. */
const anyPlain: fc.Arbitrary<unknown> = anyJson.map((json): unknown => JSON.parse(json))

/** Milliseconds to the microsecond, which is what the log keeps. */
const milliseconds = fc.nat(4_000_000_000).map((microseconds) => microseconds / 1_000)
const epoch = fc.integer({ min: 1, max: 4_000_000_000_000_000 }).map((microseconds) => microseconds / 1_000)

/** A call that was not tried again has not slept. */
const timing: fc.Arbitrary<CallTiming> = fc
  .record({
    startedAt: fc.oneof(epoch, fc.constant(0)),
    durationMs: milliseconds,
    queueMs: fc.oneof(fc.constant(0), milliseconds),
    retryWaitMs: milliseconds,
    attempts: fc.nat(5),
  })
  .map((given) => (given.attempts > 1 ? given : { ...given, retryWaitMs: 0 }))

const replacing = { replaces: fc.integer({ min: 1, max: 2 ** 40 }) }
const unit = fc.record(
  { key: anyText, iteration: fc.integer({ min: 1, max: 99 }), generation: fc.nat(3), ...replacing },
  { requiredKeys: ['key', 'iteration', 'generation'] },
)

const error: fc.Arbitrary<ErrorInfo> = fc.letrec<{ error: ErrorInfo }>((tie) => ({
  error: fc.record(
    {
      code: fc.constantFrom<ErrorCode>('E_TASK', 'E_EVALUATOR', 'E_INTERNAL', 'E_USER_CODE_ENDED'),
      name: anyText,
      message: anyText,
      stack: anyText,
      hint: anyText,
      location: fc.record({ file: anyText, line: fc.nat(), column: fc.nat() }, { requiredKeys: ['file'] }),
      codeFrame: anyText,
      cause: tie('error'),
      managed: fc.record({ severity: fc.constantFrom('ERROR' as const, 'WARN' as const), error: anyPlain }),
    },
    { requiredKeys: ['code', 'name', 'message'] },
  ),
})).error

const name = fc.stringMatching(/^[a-zA-Z0-9_-]{1,12}$/)
const tags = fc.dictionary(anyText, anyText, { noNullPrototype: true }).map((given) => toOwn(given))

/** As a parser makes it: `__proto__` is a key like any other. */
function toOwn<T>(value: T): T {
  return JSON.parse(JSON.stringify(value))
}

/** The log writes -0 as 0. */
const score = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value))

const metricValue: fc.Arbitrary<MetricValue> = fc.oneof(
  fc.record({ type: fc.constant('boolean' as const), value: fc.boolean() }),
  fc.record({ type: fc.constant('score' as const), value: score }),
  fc.record({ type: fc.constant('categorical' as const), value: anyText }),
  fc.record({ type: fc.constant('json' as const), value: anyJson }),
)

const evaluation: fc.Arbitrary<LabelledEvaluation> = fc
  .tuple(
    metricValue,
    fc.record(
      {
        label: name,
        reasoning: anyText,
        assessment: fc.constantFrom('pass' as const, 'fail' as const),
        metadata: anyJson,
        tags,
        source: fc.constant('managed' as const),
      },
      { requiredKeys: ['label'] },
    ),
  )
  .map(([value, rest]) => ({ ...value, ...rest }))

const failed = fc.record({ status: fc.constantFrom('error' as const, 'timeout' as const), error })

const body: fc.Arbitrary<EventBody> = fc.oneof(
  fc.record(
    {
      type: fc.constant('experiment-started' as const),
      experimentId: anyText,
      name: anyText,
      evaluators: fc.array(name),
      summaryEvaluators: fc.array(name),
      runs: fc.nat(),
      jobs: fc.nat(),
      plannedRecords: fc.nat(),
    },
    { requiredKeys: ['type', 'experimentId', 'name', 'evaluators', 'summaryEvaluators', 'runs', 'jobs'] },
  ),
  fc.record({ type: fc.constant('run-started' as const), iteration: fc.nat(), runId: fc.uuid() }),
  fc.record(
    {
      type: fc.constant('record' as const),
      key: anyText,
      id: anyText,
      contentHash: fc.stringMatching(/^[0-9a-f]{16}$/),
      input: anyJson,
      expectedOutput: anyJson,
      metadata: anyJson,
      tags: fc.array(anyText),
      ...replacing,
    },
    { requiredKeys: ['type', 'key', 'contentHash', 'input'] },
  ),
  fc
    .tuple(unit, timing, fc.oneof(fc.record({ status: fc.constant('ok' as const), output: anyJson }), failed))
    .map(([ref, times, result]) => ({ type: 'task-finished' as const, ...ref, ...times, ...result })),
  fc
    .tuple(
      unit,
      timing,
      name,
      fc.oneof(
        fc.record({ status: fc.constant('ok' as const), evaluations: fc.array(evaluation, { maxLength: 3 }) }),
        fc.record({
          status: fc.constant('skipped' as const),
          reason: fc.constantFrom('not-applicable' as const, 'task-failed' as const),
        }),
        failed,
      ),
    )
    .map(([ref, times, evaluator, result]) => ({
      type: 'evaluation-finished' as const,
      evaluator,
      ...ref,
      ...times,
      ...result,
    })),
  fc
    .tuple(unit, fc.constantFrom('ok' as const, 'error', 'timeout', 'skipped', 'cancelled'))
    .map(([ref, status]) => ({ type: 'row-finished' as const, ...ref, status })),
  fc.record({
    type: fc.constant('run-finished' as const),
    iteration: fc.nat(),
    summaries: fc.array(
      fc.oneof(
        fc.tuple(name, metricValue).map(([given, value]) => ({ name: given, status: 'ok' as const, ...value })),
        fc.record({ name, status: fc.constant('error' as const), error }),
      ),
      { maxLength: 3 },
    ),
  }),
  fc.record({
    type: fc.constant('experiment-finished' as const),
    outcome: fc.oneof(
      fc.constant({ status: 'passed' as const, exitCode: 0 as const }),
      fc.record({
        status: fc.constant('stopped' as const),
        exitCode: fc.nat(255),
        reason: fc.record({ kind: fc.constant('user-code-ended' as const), error }),
        failures: fc.constant([]),
      }),
    ),
  }),
  fc.record(
    {
      type: fc.constant('resumed' as const),
      endedAt: epoch,
      tool: anyText,
      jobs: fc.nat(),
      timeout: fc.nat(),
      evalTimeout: fc.nat(),
      maxRetries: fc.nat(),
      maxErrors: anyText,
      raiseErrors: fc.boolean(),
      retryErrors: fc.boolean(),
      retryPoison: fc.boolean(),
      allowChanged: fc.boolean(),
      module: anyText,
      config: anyJson,
      reopened: fc.array(fc.nat()),
      inFlight: fc.array(anyText),
      alone: fc.array(anyText),
    },
    { noNullPrototype: true },
  ),
  fc.record(
    {
      type: fc.constant('problem' as const),
      severity: fc.constantFrom('warning' as const, 'error' as const),
      code: fc.constantFrom('W_JSON_CHANGED' as const, 'W_LATE_RESULT', 'E_TASK'),
      message: anyText,
      key: anyText,
    },
    { requiredKeys: ['type', 'severity', 'code', 'message'] },
  ),
)

/** Any event the engine could yield. */
export const anyEvent: fc.Arbitrary<RunEvent> = fc
  .tuple(body, fc.integer({ min: 1, max: 2 ** 40 }), epoch)
  .map(([given, seq, at]) => ({ ...given, seq, at }))
