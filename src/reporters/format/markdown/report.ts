import type { ExperimentOutcome, ExperimentView } from '../../../model/ports.ts'
import type { Row } from '../../../model/row.ts'
import type { DocumentInput } from '../../document.ts'
import { experimentSections, headline, type ReportedExperiment } from './experiment.ts'
import { byteLength, renderSection, type Section } from './section.ts'

/** What GitHub takes of a comment is 65,536 characters. */
const MAX_BYTES = 60_000
/** Of each run; the log has them all. */
const MAX_FAILING_ROWS = 20

/** The Markdown document, fit for a comment on a pull request. */
export async function* renderMarkdown(input: DocumentInput): AsyncGenerator<string> {
  yield await buildMarkdown(input, MAX_BYTES)
}

/**
 * The document in at most so many bytes. What matters most comes first, and every experiment gets its share of the room; what does
 * not fit is left out in whole rows, and counted.
 */
export async function buildMarkdown({ outcome, views }: DocumentInput, maxBytes: number): Promise<string> {
  const { experiments } = outcome
  // One experiment says for itself what it came to.
  let text = experiments.length === 1 ? '' : renderSection(overview(experiments), maxBytes)
  let left = experiments.length
  for (const experiment of experiments) {
    const share = Math.floor((maxBytes - byteLength(text)) / left--)
    const reported = await readExperiment(experiment, views.get(experiment.info.experimentId))
    text += renderSections(experimentSections(reported), share)
  }
  return text
}

async function readExperiment(
  experiment: ExperimentOutcome,
  view: ExperimentView | undefined,
): Promise<ReportedExperiment> {
  // Of what was not started there are no numbers, whatever was begun.
  if (view === undefined || experiment.outcome.exitCode === 2) return { experiment, failing: [] }
  const summary = view.summary()
  const failing: Row[] = []
  for (const { iteration, failingCount } of summary.runs) {
    if (failingCount > 0) failing.push(...(await view.failingRows(iteration)).slice(0, MAX_FAILING_ROWS))
  }
  return { experiment, summary, failing }
}

function overview(experiments: readonly ExperimentOutcome[]): Section {
  const rows = experiments.map((experiment) => `- ${headline(experiment)}\n`)
  return { head: '', rows, foot: '\n', others: 0, more: '' }
}

function renderSections(sections: readonly Section[], room: number): string {
  let text = ''
  for (const section of sections) {
    const part = renderSection(section, room - byteLength(text))
    // Nothing of an experiment may stand under the name of the one before.
    if (part === '' && text === '') return ''
    text += part
  }
  return text
}
