import { describe, expect, it } from 'vitest'
import { lineFrame } from '../../src/datasets/line-frame.ts'

describe('lineFrame', () => {
  it('marks the column under the line', () => {
    expect(lineFrame('{"input":1,}', 57, 12)).toBe(['> 57 | {"input":1,}', '     |            ^'].join('\n'))
  })

  it('shows the start of the line where there is no column', () => {
    expect(lineFrame('{"inpt":1}', 3)).toBe('> 3 | {"inpt":1}')
  })

  it('cuts a long line around the column', () => {
    const frame = lineFrame(`${'a'.repeat(1_000_000)}X${'b'.repeat(1_000_000)}`, 1, 1_000_001)
    const [line, marker] = frame.split('\n')
    expect(line).toBe(`> 1 | …${'a'.repeat(60)}X${'b'.repeat(39)}…`)
    expect(line?.[marker?.indexOf('^') ?? 0]).toBe('X')
  })

  it('marks the place past the end of a line', () => {
    expect(lineFrame('{', 1, 2)).toBe('> 1 | {\n    |  ^')
  })

  it('shows control sequences instead of passing them on, and still marks the right place', () => {
    const [line, marker] = lineFrame('"\u001b[31m\u202e" x', 9, 10).split('\n')
    expect(line).toBe('> 9 | "\\u001b[31m\\u202e" x')
    expect(line?.[marker?.indexOf('^') ?? 0]).toBe('x')
  })
})
