import type { Reporter } from '../model/ports.ts'
import { createDocumentReporter } from './document.ts'
import { buildJsonReport } from './json-report.ts'
import { escapeControls } from './json-text.ts'
import type { Output } from './output.ts'

export interface JsonOptions {
  readonly output: Output
  /** Whether the output is the terminal's stdout. */
  readonly ownsStdout: boolean
}

/** One document at the end, as `docs/json-report.schema.json` describes it. */
export function createJsonReporter(options: JsonOptions): Reporter {
  return createDocumentReporter({
    ...options,
    name: 'json',
    render: ({ outcome, views }) => [`${escapeControls(JSON.stringify(buildJsonReport(outcome, views), null, 2))}\n`],
  })
}
