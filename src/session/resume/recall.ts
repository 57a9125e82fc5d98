import { readComparison } from '../../backends/local/comparison-file.ts'
import type { ExperimentInfo } from '../../model/ports.ts'
import type { CompleteExperiment } from '../run-group.ts'
import { createView } from '../view.ts'
import type { StoredState } from './stored-state.ts'

/** An experiment of which nothing is left, or undefined where something is. */
export function recallComplete(
  { manifest, claimed, state, tally, reader }: StoredState,
  info: ExperimentInfo,
): CompleteExperiment | undefined {
  const { finished, end } = state
  if (finished === undefined) return undefined
  const { outcome } = finished
  const stored = claimed.reopen({ manifest, end })
  return {
    info,
    ref: manifest.definition.ref,
    stored,
    recall({ tell, deliverer }) {
      tally.apply(finished)
      const view = createView(info, { tally, reader })
      tell(finished, view)
      if (manifest.state.status === 'finished') stored.leave()
      else {
        // Its process was gone before it could say here what it came to.
        const finishedAt = new Date(finished.at).toISOString()
        stored.finish({ ...manifest, state: { status: 'finished', outcome, rows: view.summary().rows, finishedAt } })
      }
      deliverer?.begin({ manifest, stored }).ended()
      const comparison = readComparison(stored.files.comparison)
      return { info, outcome, view, ...(comparison === undefined ? {} : { comparison }) }
    },
  }
}
