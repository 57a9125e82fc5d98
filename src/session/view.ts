import type { ExperimentInfo, ExperimentView } from '../model/ports.ts'
import type { Row, RowReader } from '../model/row.ts'
import type { Tally } from './tally.ts'

/** What reporters may know of an experiment, from its numbers and its log. */
export function createView(info: ExperimentInfo, tally: Tally, reader: RowReader): ExperimentView {
  return {
    info,
    reader,
    progress: () => tally.progress(),
    run: (iteration) => tally.run(iteration),
    summary: () => tally.summary(),
    async failingRows(iteration) {
      const units = new Set(tally.run(iteration).failingUnits)
      const rows: Row[] = []
      if (units.size === 0) return rows
      for await (const row of reader.rows({ iteration, units })) rows.push(row)
      return rows
    },
  }
}
