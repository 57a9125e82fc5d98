import type { ExperimentInfo, ExperimentOutcome, ExperimentView } from '../../../model/ports.ts'
import type { LabelSummary, RunSummary } from '../../../model/summary.ts'
import { sanitizeLine } from '../../../terminal/sanitize.ts'
import type { DocumentInput } from '../../document.ts'
import { formatLabelValue, formatSummaryValue } from '../label-value.ts'
import { type RowState, stateOf } from '../row-facts.ts'
import { xmlAttributes } from '../xml.ts'
import { renderPlainCase, renderRowCase, seconds } from './test-case.ts'
import { verdictCases } from './verdict-suite.ts'

type Counts = { [S in RowState]: number }

/**
 * The JUnit document: a suite for each run, with a case for each row, and one for what the experiment came to. The counts stand
 * before the rows, so the log is read twice for each run: only of one run at a time can rows be read without holding all records.
 */
export async function* renderJunit({ outcome, views }: DocumentInput): AsyncGenerator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="llmobs-exp">\n'
  for (const experiment of outcome.experiments) {
    const view = views.get(experiment.info.experimentId)
    // Of what was not started there are no rows, whatever was begun.
    if (view !== undefined && experiment.outcome.exitCode !== 2) yield* runSuites(view)
    yield verdictSuite(experiment, view)
  }
  yield '</testsuites>\n'
}

async function* runSuites(view: ExperimentView): AsyncGenerator<string> {
  for (const run of view.summary().runs) {
    const counted = await countRows(view, run.iteration)
    if (Object.values(counted).every((count) => count === 0)) continue
    const name = suiteName(view.info, run.iteration)
    yield `  <testsuite${xmlAttributes(suiteAttributes(name, counted, run))}>\n${properties(view.info, run)}`
    for await (const row of view.reader.rows({ iteration: run.iteration })) yield renderRowCase(row, view.info, name)
    yield '  </testsuite>\n'
  }
}

async function countRows({ reader }: ExperimentView, iteration: number): Promise<Counts> {
  const counts = { passed: 0, failed: 0, error: 0, skipped: 0 }
  for await (const row of reader.rows({ iteration })) counts[stateOf(row)]++
  return counts
}

/** The run is named only where there are several, so that a case keeps its name as long as its record does. */
function suiteName({ name, runs }: ExperimentInfo, iteration: number): string {
  return sanitizeLine(runs === 1 ? name : `${name} · run ${iteration}`)
}

function suiteAttributes(name: string, counts: Counts, run: RunSummary) {
  const { passed, failed, error, skipped } = counts
  const tests = passed + failed + error + skipped
  return { name, tests, failures: failed, errors: error, skipped, time: seconds(run.durationMs), id: run.runId }
}

function properties(info: ExperimentInfo, run: RunSummary): string {
  const all: (readonly [string, string])[] = [
    ['experiment', info.name],
    ['experiment.id', info.experimentId],
    ['experiment.file', info.file],
    ['run', `${run.iteration} of ${info.runs}`],
    ...run.labels.map((label) => [`evaluator.${label.label}`, describeLabel(label)] as const),
    ...run.summaries.map((result) => [`summary.${result.name}`, formatSummaryValue(result)] as const),
  ]
  const lines = all.map(([name, value]) => {
    const attributes = xmlAttributes({ name: sanitizeLine(name), value: sanitizeLine(value) })
    return `      <property${attributes}/>\n`
  })
  return `    <properties>\n${lines.join('')}    </properties>\n`
}

function describeLabel(label: LabelSummary): string {
  const { scored, errored, skipped } = label
  const value = scored === 0 ? 'no value' : formatLabelValue(label)
  return `${value}; ${scored} scored, ${errored} errored, ${skipped} skipped`
}

function verdictSuite(experiment: ExperimentOutcome, view: ExperimentView | undefined): string {
  const name = `${sanitizeLine(experiment.info.name)} · verdict`
  const cases = verdictCases(experiment)
  const count = (kind: string) => cases.filter(({ problem }) => problem?.kind === kind).length
  const head = xmlAttributes({
    name,
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: 0,
    time: seconds(view?.summary().durationMs ?? 0),
  })
  return `  <testsuite${head}>\n${cases.map((one) => renderPlainCase(one, name)).join('')}  </testsuite>\n`
}
