import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLineBuffer } from '../../src/terminal/line-buffer.ts'

describe('a line buffer', () => {
  it('holds back what has no line break yet', () => {
    const buffer = createLineBuffer()
    expect(buffer.push('one\ntw')).toBe('one\n')
    expect(buffer.push('o')).toBe('')
    expect(buffer.push('\n')).toBe('two\n')
    expect(buffer.flush()).toBe('')
  })

  it('ends the last line itself', () => {
    const buffer = createLineBuffer()
    buffer.push('no end')
    expect(buffer.flush()).toBe('no end\n')
  })

  it('removes a sequence that comes in two chunks', () => {
    const buffer = createLineBuffer()
    expect(buffer.push('a\u001b[3')).toBe('')
    expect(buffer.push('1mb\n')).toBe('ab\n')
  })

  it('does not keep a line without end', () => {
    const buffer = createLineBuffer()
    expect(buffer.push('x'.repeat(1_000_000)).length).toBe(1_000_001)
    expect(buffer.flush()).toBe('')
  })

  it('loses no character, wherever the chunks end', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n') })), (chunks) => {
        const buffer = createLineBuffer()
        const text = chunks.map((chunk) => buffer.push(chunk)).join('') + buffer.flush()
        const all = chunks.join('')
        expect(text).toBe(all === '' || all.endsWith('\n') ? all : `${all}\n`)
      }),
    )
  })
})
