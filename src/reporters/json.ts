import type { ExperimentView, Reporter } from '../model/ports.ts'
import { buildJsonReport } from './json-report.ts'
import { escapeControls } from './json-text.ts'
import type { Output } from './output.ts'

export interface JsonOptions {
  readonly output: Output
  /** Whether the output is the terminal's stdout. */
  readonly ownsStdout: boolean
}

/** One document at the end, as `docs/json-report.schema.json` describes it. */
export function createJsonReporter({ output, ownsStdout }: JsonOptions): Reporter {
  const views = new Map<string, ExperimentView>()
  let last: ExperimentView | undefined
  return {
    name: 'json',
    ownsStdout,
    event(_event, view) {
      if (view === last) return
      last = view
      views.set(view.info.experimentId, view)
    },
    async finish(outcome) {
      const report = buildJsonReport(outcome, views)
      await output.write(`${escapeControls(JSON.stringify(report, null, 2))}\n`)
      await output.finish()
    },
  }
}
