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
  const chalk = new Chalk({ level })
  // Chalk prints further arguments too, such as the index that `map` hands over.
  return {
    bold: (text) => chalk.bold(text),
    dim: (text) => chalk.dim(text),
    red: (text) => chalk.red(text),
    green: (text) => chalk.green(text),
    yellow: (text) => chalk.yellow(text),
    cyan: (text) => chalk.cyan(text),
  }
}
