import type { TextSink } from '../model/ports.ts'

type Paint = (text: string) => string

/** The few colours that are used, already decided for one stream. */
export interface Colors {
  readonly bold: Paint
  readonly dim: Paint
  readonly red: Paint
  readonly green: Paint
  readonly yellow: Paint
  readonly cyan: Paint
}

const asIs: Paint = (text) => text

/** For a stream without colours. */
export const plainColors: Colors = { bold: asIs, dim: asIs, red: asIs, green: asIs, yellow: asIs, cyan: asIs }

/** Colours of a stream; loads chalk only when there are any. */
export async function loadColors(level: TextSink['colorLevel']): Promise<Colors> {
  if (level === 0) return plainColors
  const { Chalk } = await import('chalk')
  // An own instance, because chalk's shared one ignores NO_COLOR.
  return new Chalk({ level })
}
