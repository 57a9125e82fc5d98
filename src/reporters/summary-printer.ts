import type { Delivery } from '../model/backend.ts'
import type { Comparison } from '../model/comparison.ts'
import { toErrorInfo } from '../model/error-info.ts'
import type { Outcome } from '../model/outcome.ts'
import type { ExperimentInfo, ExperimentView, Screen } from '../model/ports.ts'
import type { Row } from '../model/row.ts'
import type { ExperimentSummary, RunSummary } from '../model/summary.ts'
import { sanitizeLine } from '../terminal/sanitize.ts'
import { styleOf } from './format/style.ts'

const MAX_FAILING_ROWS = 10

interface RunToPrint {
  readonly view: ExperimentView
  readonly run: RunSummary
  readonly isComplete: boolean
}

interface ExperimentNumbers {
  readonly summary?: ExperimentSummary | undefined
  readonly comparison?: Comparison | undefined
}

/** Prints what came of runs and experiments. */
export interface SummaryPrinter {
  /** Does something when everything that was added before has been done. */
  add(print: () => void | Promise<void>): Promise<void>
  printRun(run: RunToPrint): Promise<void>
  /** With the summary, the numbers over several runs come first. */
  printOutcome(info: ExperimentInfo, outcome: Outcome, numbers?: ExperimentNumbers): Promise<void>
  printComparison(comparison: Comparison): Promise<void>
  printDelivery(info: ExperimentInfo, delivery: Delivery): Promise<void>
  /** Rejects when something could not be written. */
  flush(): Promise<void>
}

export interface SummaryPrinterOptions {
  readonly screen: Screen
  /** Without it only outcomes are printed, to stderr. */
  readonly ownsStdout: boolean
  /** Leaves only the outcomes of experiments that did not pass and what was not delivered, on stderr. */
  readonly quiet: boolean
}

export function createSummaryPrinter({ screen, ownsStdout, quiet }: SummaryPrinterOptions): SummaryPrinter {
  const printsSummaries = ownsStdout && !quiet
  const sink = printsSummaries ? screen.stdout : screen.stderr
  let last: Promise<void> = Promise.resolve()
  // Before anything has run there is time.
  if (printsSummaries) loadRenderer().catch(() => {})
  return {
    add(print) {
      last = last.then(print)
      // Also thrown to whoever waits for this or for anything later.
      last.catch(() => {})
      return last
    },
    async printRun({ view, run, isComplete }) {
      if (!printsSummaries) return
      const { renderRunSummary } = await loadRenderer()
      const failingRows = await readFailingRows(view, run, screen)
      // Of several runs they are compared together, when all of them are over.
      const comparison = view.info.runs === 1 && isComplete ? await view.comparison : undefined
      const text = renderRunSummary(
        { info: view.info, run, isComplete, failingRows, labels: comparison?.labels ?? [] },
        await styleOf(sink),
      )
      await sink.write(`${text}\n`)
    },
    async printOutcome(info, outcome, { summary, comparison } = {}) {
      if (quiet && outcome.status === 'passed') return
      const style = await styleOf(sink)
      if (printsSummaries && summary !== undefined && info.runs > 1) {
        const { renderAllRuns } = await loadRenderer()
        await sink.write(`${renderAllRuns({ info, summary, labels: comparison?.labels ?? [] }, style)}\n`)
      }
      const { renderOutcome } = await import('./format/outcome.ts')
      await sink.write(`${renderOutcome(info, outcome, style)}${printsSummaries ? '\n' : ''}`)
    },
    async printComparison(comparison) {
      if (!printsSummaries) return
      const { renderComparison } = await import('./format/compare/comparison.ts')
      await sink.write(`${renderComparison(comparison, await styleOf(sink))}\n`)
    },
    async printDelivery(info, delivery) {
      if (quiet && delivery.status === 'delivered') return
      const { renderDelivery } = await import('./format/delivery.ts')
      await sink.write(`${renderDelivery(info, delivery, await styleOf(sink))}${printsSummaries ? '\n' : ''}`)
    },
    flush: () => sink.flush(),
  }
}

/** Brings cli-table3 along. */
function loadRenderer() {
  return import('./format/run-summary.ts')
}

async function readFailingRows(view: ExperimentView, run: RunSummary, { stderr }: Screen): Promise<readonly Row[]> {
  if (run.failingCount === 0) return []
  try {
    return (await view.failingRows(run.iteration)).slice(0, MAX_FAILING_ROWS)
  } catch (thrown) {
    // The numbers are worth printing even so.
    const { message } = toErrorInfo('E_STORE_READ', thrown)
    await stderr.write(`warning E_STORE_READ: the failing rows cannot be read back: ${sanitizeLine(message)}\n`)
    return []
  }
}
