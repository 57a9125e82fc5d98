import { describe, expect, it } from 'vitest'
import { describeChangedFiles, renderTurn, renderWatching } from '../../../src/reporters/format/watch.ts'
import { plainColors } from '../../../src/terminal/colors.ts'
import { displayWidth } from '../../../src/terminal/width.ts'

const at = new Date(2026, 10, 22, 7, 5, 31)
const style = { colors: plainColors, isColored: false, columns: 80, isTTY: true }

describe('the line before a run', () => {
  it('is drawn across a terminal, with time and reason', () => {
    expect(renderTurn('triage.ts changed', at, style)).toBe(`\n── 07:05:31 triage.ts changed ${'─'.repeat(49)}\n`)
  })

  it('is plain elsewhere', () => {
    expect(renderTurn('triage.ts changed', at, { ...style, isTTY: false })).toBe('07:05:31 triage.ts changed\n')
  })

  it.each([20, 31, 32, 33, 34, 80, 200])(
    'fits %i columns with one to spare, whatever the name of the file',
    (columns) => {
      for (const name of ['a.ts', `${'日本'.repeat(40)}.ts`, 'evil\u001b[2J\n\u202e.ts']) {
        const line = renderTurn(`${name} changed`, at, { ...style, columns }).trim()
        expect(displayWidth(line)).toBeLessThan(columns)
        expect(line).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u)
      }
    },
  )
})

it('the line below a run says how many files are watched, and the keys where there are some', () => {
  const keys = (files: number, failing: number) => renderWatching({ files, failing }, true, style)
  expect(keys(4, 0)).toBe('watching 4 files; r to run again, q to quit\n')
  expect(keys(4, 1)).toBe('watching 4 files; r to run again, f for the failing record, q to quit\n')
  expect(keys(4, 1200)).toBe('watching 4 files; r to run again, f for the 1,200 failing records, q to quit\n')
  expect(renderWatching({ files: 1, failing: 3 }, false, style)).toBe('watching 1 file\n')
})

it('of several files that changed one is named', () => {
  expect(describeChangedFiles(['a.ts'])).toBe('a.ts changed')
  expect(describeChangedFiles(['a.ts', 'b.ts', 'c.ts'])).toBe('a.ts and 2 more changed')
})
