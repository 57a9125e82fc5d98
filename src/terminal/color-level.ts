import type { TextSink } from '../model/ports.ts'

type ColorLevel = TextSink['colorLevel']

export interface ColorQuestion {
  readonly env: { readonly [name: string]: string | undefined }
  readonly isTTY: boolean
  /** Bits a colour has on this terminal: 1, 4, 8 or 24. */
  readonly depth: number
}

/**
 * Which colours a stream gets: none with a non-empty `NO_COLOR`; what a non-empty `FORCE_COLOR` says; none with `TERM=dumb`; else
 * what the terminal can, and none where there is no terminal.
 */
export function resolveColorLevel({ env, isTTY, depth }: ColorQuestion): ColorLevel {
  if (isSet(env.NO_COLOR)) return 0
  if (isSet(env.FORCE_COLOR)) return forcedLevel(env.FORCE_COLOR)
  if (env.TERM === 'dumb' || !isTTY) return 0
  if (depth >= 24) return 3
  return depth >= 8 ? 2 : 1
}

function forcedLevel(value: string): ColorLevel {
  switch (value) {
    case '0':
    case 'false':
      return 0
    case '2':
      return 2
    case '3':
      return 3
    default:
      return 1
  }
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== ''
}
