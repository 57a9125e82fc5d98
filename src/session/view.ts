import type { ExperimentInfo, ExperimentView } from '../model/ports.ts'
import type { Row, RowReader } from '../model/row.ts'
import type { Tally } from './tally.ts'

export interface ViewSources {
  readonly tally: Tally
  readonly reader: RowReader
  readonly comparison?: ExperimentView['comparison'] | undefined
}

/** What reporters may know of an experiment, from its numbers and its log. */
export function createView(info: ExperimentInfo, { tally, reader, comparison }: ViewSources): ExperimentView {
  return {
    info,
    reader,
    ...(comparison === undefined ? {} : { comparison }),
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
