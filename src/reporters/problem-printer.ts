import type { Problem } from '../model/events.ts'
import type { TextSink } from '../model/ports.ts'
import { formatNumber } from './format/number.ts'
import { renderProblem } from './format/problem.ts'
import { styleOf } from './format/style.ts'

const MAX_OF_A_CODE = 10

/** Prints problems to stderr, no more than a few of each code unless all are wanted. */
export interface ProblemPrinter {
  print(problem: Omit<Problem, 'type'>): Promise<void>
  /** Says how many were left out. */
  finish(): Promise<void>
}

export interface ProblemPrinterOptions {
  readonly stderr: TextSink
  /** Whether warnings are left out. */
  readonly onlyErrors: boolean
  readonly all: boolean
}

export function createProblemPrinter({ stderr, onlyErrors, all }: ProblemPrinterOptions): ProblemPrinter {
  const counts = new Map<string, number>()
  return {
    async print(problem) {
      if (onlyErrors && problem.severity === 'warning') return
      const count = (counts.get(problem.code) ?? 0) + 1
      counts.set(problem.code, count)
      if (count > MAX_OF_A_CODE && !all) return
      const { colors } = await styleOf(stderr)
      await stderr.write(`${renderProblem(problem, colors)}\n`)
    },
    async finish() {
      if (all) return
      for (const [code, count] of counts) {
        if (count > MAX_OF_A_CODE) await stderr.write(`and ${formatNumber(count - MAX_OF_A_CODE)} more ${code}\n`)
      }
    },
  }
}
