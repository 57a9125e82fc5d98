import type { ExperimentInfo, ExperimentOutcome, ExperimentView } from '../../../model/ports.ts'
import { isFailing, type Row } from '../../../model/row.ts'
import type { ErrorGroup, ExperimentSummary } from '../../../model/summary.ts'
import type { DocumentInput } from '../../document.ts'
import { formatDuration } from '../duration.ts'
import { formatCount, formatNumber } from '../number.ts'
import { outcomeReasons } from '../outcome.ts'
import { renderReproduce } from '../reproduce.ts'
import { type Markup, markup } from './markup.ts'
import { box, renderRow } from './row.ts'
import { POLICY, STYLE } from './style.ts'
import { renderComparison, renderNumbers, renderThresholds } from './tables.ts'

/** Rows of each experiment; the page says how many it leaves out. */
const MAX_FAILING = 300
const MAX_OTHERS = 200
const MAX_GROUPS = 50

/** The HTML page: one file without scripts and without anything from elsewhere, that can be read offline and printed. */
export async function* renderHtml({ outcome, views }: DocumentInput): AsyncGenerator<string> {
  const { experiments } = outcome
  yield head(experiments).html
  for (const [index, experiment] of experiments.entries()) {
    // Of what was not started there is nothing, whatever was begun.
    const view = experiment.outcome.exitCode === 2 ? undefined : views.get(experiment.info.experimentId)
    yield renderExperiment(experiment, index, view?.summary()).html
    if (view !== undefined) yield* renderRows(view, index)
    yield '</section>\n'
  }
  yield '</body>\n</html>\n'
}

function head(experiments: readonly ExperimentOutcome[]): Markup {
  const entries = experiments.map(
    ({ info, outcome }, index) =>
      markup`<li><span class="state ${outcome.status}">${outcome.status}</span> <a href="#e${index}">${info.name}</a> <span class="dim">· <a href="#e${index}-failing">failing rows</a> · <a href="#e${index}-others">other rows</a></span></li>`,
  )
  // The style is what the policy has the hash of, so nothing in it may be escaped.
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${{ html: POLICY }}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${experiments
    .map(({ info }) => info.name)
    .slice(0, 5)
    .join(', ')}</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<h1>${formatCount(experiments.length, 'experiment')}</h1>
<nav><ul>${entries}</ul></nav>
`
}

function renderExperiment(
  experiment: ExperimentOutcome,
  index: number,
  summary: ExperimentSummary | undefined,
): Markup {
  const { info, outcome, comparison } = experiment
  const reasons = outcomeReasons(outcome).map((reason) => markup`<li>${reason}</li>`)
  return markup`<section id="e${index}">
<h2><span class="state ${outcome.status}">${outcome.status}</span> ${info.name}</h2>
<ul>${reasons}</ul>
${comparison === undefined ? [] : renderComparison(comparison)}${renderThresholds(experiment)}${
  summary === undefined
    ? []
    : [...renderNumbers(summary, experiment), facts(info, summary), ...renderErrors(info, summary)]
}`
}

function facts(info: ExperimentInfo, { rows, durationMs, taskLatency }: ExperimentSummary): Markup {
  const counts = Object.entries(rows).filter(([, count]) => count > 0)
  const counted = counts.map(([status, count]) => `${formatNumber(count)} ${status}`).join(', ')
  const latency =
    taskLatency === undefined
      ? ''
      : ` · task p50 ${formatDuration(taskLatency.p50)}, p95 ${formatDuration(taskLatency.p95)}`
  return markup`<p class="dim">${counted} · ${formatDuration(durationMs)}${latency} · ${info.file} · ${info.experimentId}</p>
`
}

function renderErrors(info: ExperimentInfo, { runs }: ExperimentSummary): Markup[] {
  const groups = runs.flatMap(({ errors }) => errors)
  if (groups.length === 0) return []
  const hidden = groups.length - MAX_GROUPS
  const more = hidden > 0 ? [markup`<li>and ${formatNumber(hidden)} other messages</li>`] : []
  return [
    markup`<h3>Errors</h3><ul>${[...groups.slice(0, MAX_GROUPS).map((group) => errorItem(info, group)), ...more]}</ul>
`,
  ]
}

function errorItem(info: ExperimentInfo, { where, error, count, exampleKey }: ErrorGroup): Markup {
  const place = where === 'task' ? 'task' : `evaluator ${where.evaluator}`
  const again = info.pulled === undefined ? [box(renderReproduce(info, exampleKey))] : []
  return markup`<li>${formatNumber(count)} × ${place}: ${error.name} (${error.code})${box(error.message)}${again}</li>`
}

/** Read twice, so that rows that failed come first and nobody holds the others. */
async function* renderRows(view: ExperimentView, index: number): AsyncGenerator<string> {
  yield markup`<h3 id="e${index}-failing">Rows that failed or did not pass</h3>
`.html
  yield* firstRows(view, { isWanted: isFailing, max: MAX_FAILING })
  yield markup`<h3 id="e${index}-others">Other rows</h3>
`.html
  yield* firstRows(view, { isWanted: (row) => !isFailing(row), max: MAX_OTHERS })
}

interface RowChoice {
  readonly isWanted: (row: Row) => boolean
  readonly max: number
}

async function* firstRows(
  { info, reader, summary }: ExperimentView,
  { isWanted, max }: RowChoice,
): AsyncGenerator<string> {
  let count = 0
  for (const { iteration } of summary().runs) {
    for await (const row of reader.rows({ iteration })) {
      if (!isWanted(row)) continue
      count++
      if (count <= max) yield renderRow(row, info).html
    }
  }
  if (count === 0) yield '<p class="dim">none</p>\n'
  if (count > max)
    yield markup`<p>and ${formatNumber(count - max)} more that this page leaves out: llmobs-exp show ${info.experimentId} --rows all</p>
`.html
}
