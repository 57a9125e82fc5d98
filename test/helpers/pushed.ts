import { onTestFinished } from 'vitest'
import { spanIds } from '../../src/model/identity.ts'
import { type CliProject, type CliResult, cliProject } from './cli.ts'
import { lastEvent } from './fake-datadog/event-log.ts'
import { type FakeDatadog, type FakeDatadogOptions, startFakeDatadog } from './fake-datadog/fake-datadog.ts'
import type { Experiment } from './fake-datadog/state.ts'
import type { Stored, StoredEvaluation, StoredRow } from './stored.ts'

/** What a run of the standard module comes to. */
export const standard = { rows: 200, metrics: 402 } as const

/** Called as often as money would have been spent. */
const METER = 'invocations'

/**
 * The standard run: 100 records twice, ten at a time, two evaluators and a summary evaluator, outputs of 2 KB. A task takes about
 * as many milliseconds as `LATENCY` says, in an order that is always the same.
 */
export const standardModule = `import { appendFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { defineExperiment } from 'llmobs-exp'

const latency = Number(process.env.LATENCY ?? 10)

export default defineExperiment({
  name: 'standard',
  dataset: Array.from({ length: 100 }, (_, n) => ({ id: 'r' + n, input: { n }, expectedOutput: n % 7, tags: ['kind:' + (n % 3)] })),
  async task({ n }, { runIteration }) {
    appendFileSync('${METER}', runIteration + '/r' + n + '\\n')
    await setTimeout(latency * (0.4 + ((n * 7919) % 97) / 80))
    return { n, rest: n % 7, text: 'x'.repeat(2_000) }
  },
  evaluators: {
    right: ({ output, expectedOutput }) => output.rest === expectedOutput,
    half: ({ output }) => ({ value: output.n / 2, reasoning: 'half of ' + output.n, assessment: 'pass' }),
  },
  summaryEvaluators: { share: ({ evaluations }) => evaluations.right.filter((value) => value === true).length / evaluations.right.length },
  runs: 2,
  jobs: 10,
})
`

export interface PushProject extends CliProject {
  readonly fake: FakeDatadog
  /** Runs `llmobs-exp` with the keys of the backend. */
  pushRun(args: readonly string[], env?: { readonly [name: string]: string }): Promise<CliResult>
  /** How often the task was called. */
  spent(): number
}

/** A folder with the standard module, and a backend. */
export async function standardProject(
  files: { readonly [path: string]: string } = {},
  options: FakeDatadogOptions = {},
): Promise<PushProject> {
  const fake = await startFake(options)
  const project = await cliProject({ 'exp.ts': standardModule, ...files })
  return {
    ...project,
    fake,
    pushRun: (args, env = {}) => project.run(args, { env: { ...fake.env, ...env } }),
    spent: () => project.lines(METER).length,
  }
}

export async function startFake(options: FakeDatadogOptions = {}): Promise<FakeDatadog> {
  const fake = await startFakeDatadog(options)
  onTestFinished(() => fake.close())
  return fake
}

/** The experiments at the backend that this one was pushed as: one, unless something went wrong. */
export function pushedAs(fake: FakeDatadog, { id }: Pick<Stored, 'id'>): Experiment[] {
  return [...fake.state.experiments.values()].filter(({ metadata }) => {
    const tags: unknown = metadata?.tags
    return Array.isArray(tags) && tags.includes(`llmobs_exp_id:${id}`)
  })
}

/** What the backend made of an experiment: its status, and how its spans and the errors among its metrics look there. */
export function wireOf(fake: FakeDatadog, stored: Pick<Stored, 'id'>) {
  const [experiment, ...others] = pushedAs(fake, stored)
  if (experiment === undefined || others.length > 0) throw new Error(`it was pushed ${others.length} times too often`)
  const metrics = fake.state.events.metrics(experiment.id).map(lastEvent)
  return {
    status: experiment.status,
    spans: fake.state.events.spans(experiment.id).map(lastEvent),
    metrics,
    errors: metrics.filter(({ status }) => status === 'ERROR'),
  }
}

export interface Compared {
  /** Events of the store that the backend does not have. */
  readonly missing: readonly string[]
  /** Events at the backend that the store does not have. */
  readonly invented: readonly string[]
  /** Events that the backend was sent more than once, and not the same to the byte. */
  readonly altered: readonly string[]
}

export const equal: Compared = { missing: [], invented: [], altered: [] }

/** Compares what the backend has of an experiment with what the store has, event by event. */
export function compare(fake: FakeDatadog, stored: Stored): Compared {
  const expected = new Set(expectedEvents(stored))
  const ids = pushedAs(fake, stored).map(({ id }) => id)
  const received = ids.flatMap((id) => fake.state.events.all(id))
  const names = new Set(received.map(nameOf))
  return {
    missing: [...expected].filter((name) => !names.has(name)),
    invented: [...names].filter((name) => !expected.has(name)),
    altered: ids.flatMap((id) => fake.state.events.altered(id)).map(nameOf),
  }
}

interface EventNames {
  readonly kind: string
  readonly spanId: string
  readonly label: string
  readonly runId: string
}

function nameOf({ kind, spanId, label, runId }: EventNames): string {
  return `${kind} ${spanId} ${label} ${runId}`
}

function expectedEvents(stored: Stored): string[] {
  return [...stored.rows.flatMap((row) => rowEvents(stored.id, row)), ...summaryEvents(stored)]
}

function rowEvents(experimentId: string, row: StoredRow): string[] {
  if (row.status === 'cancelled' || row.status === 'skipped') return []
  const { spanId } = spanIds(experimentId, row.key, row.iteration, row.generation)
  const labels = Object.entries(row.evaluations).flatMap(([name, evaluation]) => labelsOf(name, evaluation))
  const metrics = labels.map((label) => nameOf({ kind: 'metric', spanId, label, runId: '' }))
  return [nameOf({ kind: 'span', spanId, label: '', runId: '' }), ...metrics]
}

function labelsOf(name: string, { status, evaluations = [] }: StoredEvaluation): string[] {
  if (status === 'skipped') return []
  return status === 'ok' ? evaluations.map(({ label }) => label) : [name]
}

function summaryEvents({ events }: Stored): string[] {
  const runIds = new Map(
    events.filter(({ type }) => type === 'run-started').map((event) => [event.iteration, event.runId]),
  )
  const finished = events.filter(({ type }) => type === 'run-finished')
  return finished.flatMap(({ iteration, summaries }) =>
    (Array.isArray(summaries) ? summaries : []).map(({ name }) =>
      nameOf({ kind: 'metric', spanId: '', label: String(name), runId: String(runIds.get(iteration)) }),
    ),
  )
}
