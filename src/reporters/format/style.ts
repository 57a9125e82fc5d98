import type { TextSink } from '../../model/ports.ts'
import { type Colors, loadColors } from '../../terminal/colors.ts'

/** How text for one stream has to look. */
export interface Style {
  readonly colors: Colors
  /** Whether the colours are any. */
  readonly isColored: boolean
  readonly columns: number
}

const UNKNOWN_COLUMNS = 80
const MIN_COLUMNS = 20

/** A stream that does not say how wide it is gets 80 columns. */
export async function styleOf(sink: TextSink): Promise<Style> {
  const columns = sink.columns === 0 ? UNKNOWN_COLUMNS : Math.max(sink.columns, MIN_COLUMNS)
  return { colors: await loadColors(sink.colorLevel), isColored: sink.colorLevel > 0, columns }
}
