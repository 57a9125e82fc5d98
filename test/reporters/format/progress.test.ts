import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderLiveProgress } from '../../../src/reporters/format/progress.ts'
import { plainColors } from '../../../src/terminal/colors.ts'
import { displayWidth } from '../../../src/terminal/width.ts'
import { fakeInfo, fakeProgress } from '../../helpers/fake-view.ts'
import { drivesTerminal } from '../../helpers/hostile.ts'

const count = fc.nat({ max: 10_000_000 })

describe('the lines of the live area', () => {
  it('leave room for the spinner and one column free, whatever they hold', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.integer({ min: 4, max: 200 }),
        fc.record({ rowsDone: count, rowsPlanned: count, callsInFlight: count, expiredCalls: count, elapsedMs: count }),
        fc.array(
          fc.record({
            label: fc.string({ unit: 'binary' }),
            mean: fc.double(),
            isRate: fc.boolean(),
            scored: count,
            errored: count,
            skipped: count,
          }),
          { maxLength: 6 },
        ),
        (name, columns, numbers, means) => {
          const progress = fakeProgress({ ...numbers, means })
          const lines = renderLiveProgress(fakeInfo({ name }), progress, {
            colors: plainColors,
            isColored: false,
            columns,
          }).split('\n')
          expect(lines.length).toBeLessThanOrEqual(3)
          expect(lines.join('')).not.toMatch(drivesTerminal)
          for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns - 3)
        },
      ),
    )
  })
})
