import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ErrorAllowance } from '../../../src/model/outcome.ts'
import { CertaintyWatch } from '../../../src/session/certainty/watch.ts'
import { decideOutcome } from '../../../src/session/outcome.ts'
import { createTally } from '../../../src/session/tally.ts'
import { EventScript, type RowScript } from '../run-events.ts'

const kinds = ['passes', 'fails', 'does not apply', 'fails to judge', 'has no output'] as const
type Kind = (typeof kinds)[number]

const rows: { readonly [K in Kind]: Omit<RowScript, 'key'> } = {
  passes: { evaluations: { right: { right: true }, size: { size: 1 } } },
  fails: { evaluations: { right: { right: false }, size: { size: 9 } } },
  'does not apply': { evaluations: { right: null, size: null } },
  'fails to judge': { evaluations: { right: new Error('x'), size: { size: 1 } } },
  'has no output': { status: 'error', durationMs: 50, evaluations: { right: null, size: null } },
}

interface Trial {
  readonly thresholds: { readonly [name: string]: { readonly min?: number; readonly max?: number } }
  readonly maxErrors: ErrorAllowance
  /** Whether the first record is in quarantine. */
  readonly isFirstQuarantined: boolean
}

function verdictOf(course: readonly Kind[], { thresholds, maxErrors, isFirstQuarantined }: Trial): string {
  const quarantine = isFirstQuarantined ? [{ record: 'r0', reason: 'flaky' }] : []
  const script = scriptOf(course, course.length)
  const tally = createTally({ ...script.info, plannedRecords: course.length, quarantine })
  for (const event of script.events) tally.apply(event)
  return decideOutcome({ taskStarted: true, summary: tally.summary(), maxErrors, thresholds }).status
}

function scriptOf(course: readonly Kind[], planned: number): EventScript {
  const script = new EventScript(['right', 'size'], 1, planned).startRun()
  for (const [index, kind] of course.entries()) script.row({ key: `r${index}`, ...rows[kind] })
  return script
}

/** Every way in which so many rows can come out. */
function courses(count: number): readonly (readonly Kind[])[] {
  if (count === 0) return [[]]
  return courses(count - 1).flatMap((rest) => kinds.map((kind) => [...rest, kind]))
}

const share = fc.integer({ min: 0, max: 6 }).map((part) => part / 6)
const trial: fc.Arbitrary<Trial> = fc.record({
  thresholds: fc.oneof(
    share.map((min) => ({ right: { min } })),
    fc.record({ min: share, max: share }).map((right) => ({ right })),
    share.map((max) => ({ 'error-rate': { max } })),
    share.map((min) => ({ right: { min }, 'size.max': { max: 5 } })),
    fc.constant({ 'latency.max': { max: 10 } }),
  ),
  maxErrors: fc.oneof(
    fc.nat({ max: 6 }).map((count) => ({ kind: 'count', count }) as const),
    fc.constantFrom(0, 20, 50, 100).map((percent) => ({ kind: 'share', percent }) as const),
  ),
  isFirstQuarantined: fc.boolean(),
})
const begun = fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 6 })

it('is certain only of what every outcome of the remaining rows comes to', () => {
  fc.assert(
    fc.property(trial, begun, fc.integer({ min: 0, max: 2 }), (given, course, left) => {
      const planned = course.length + left
      const watch = new CertaintyWatch({
        ...given,
        names: { evaluators: ['right', 'size'], summaryEvaluators: [] },
        plannedUnits: planned,
        quarantine: given.isFirstQuarantined ? [{ record: 'r0', reason: 'flaky' }] : [],
      })
      for (const event of scriptOf(course, planned).events) watch.apply(event)
      if (!watch.decide()) return
      const verdicts = new Set(courses(left).map((rest) => verdictOf([...course, ...rest], given)))
      expect([...verdicts]).toHaveLength(1)
    }),
    { numRuns: 400 },
  )
})

it('is certain as soon as every outcome agrees on a pass rate', () => {
  const wanted = fc.record({ min: share, max: share })
  fc.assert(
    fc.property(wanted, begun, fc.integer({ min: 0, max: 2 }), (right, course, left) => {
      const planned = course.length + left
      const given = {
        thresholds: { right },
        maxErrors: { kind: 'share', percent: 100 },
        isFirstQuarantined: false,
      } as const
      const watch = new CertaintyWatch({
        ...given,
        names: { evaluators: ['right', 'size'], summaryEvaluators: [] },
        plannedUnits: planned,
        quarantine: [],
      })
      for (const event of scriptOf(course, planned).events) watch.apply(event)
      const verdicts = new Set(courses(left).map((rest) => verdictOf([...course, ...rest], given)))
      const hasValue = course.some((kind) => kind === 'passes' || kind === 'fails')
      if (hasValue) expect(watch.decide()).toBe(verdicts.size === 1)
    }),
    { numRuns: 150 },
  )
})
