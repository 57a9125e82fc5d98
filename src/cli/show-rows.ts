import type { ExperimentView, Screen } from '../model/ports.ts'
import { isFailing } from '../model/row.ts'
import { renderRow } from '../reporters/format/failing-rows.ts'
import { styleOf } from '../reporters/format/style.ts'
import type { RowSelection } from './row-selections.ts'

/** Whoever asks for rows wants to see more of them than a summary shows. */
const VALUE_LINES = 6

/** Prints rows as they are read, so that the length of the log does not matter. */
export async function printRows(view: ExperimentView, selection: RowSelection, { stdout }: Screen): Promise<void> {
  const style = { ...(await styleOf(stdout)), runs: view.info.runs, valueLines: VALUE_LINES }
  let printed = 0
  for (let iteration = 1; iteration <= view.info.runs; iteration++) {
    for await (const row of view.reader.rows({ iteration })) {
      if (selection === 'failing' && !isFailing(row)) continue
      await stdout.write(`${renderRow(row, style)}\n`)
      printed++
    }
  }
  if (printed === 0) await stdout.write(`no ${selection === 'failing' ? 'failing ' : ''}rows\n`)
  await stdout.flush()
}
