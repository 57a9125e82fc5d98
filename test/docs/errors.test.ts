import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { errorCodes } from '../../src/model/errors.ts'

const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')
const sections = new Map(
  page
    .split(/^### /m)
    .slice(1)
    .map((section) => [/^`(\w+)`$/m.exec(section)?.[1] ?? section.split('\n')[0], section] as const),
)

describe('docs/errors.md', () => {
  it.each(Object.keys(errorCodes))('explains %s in a paragraph of its own', (code) => {
    const [, ...lines] = sections.get(code)?.split('\n') ?? []
    expect(lines.join(' ').trim().length).toBeGreaterThan(80)
  })

  it('explains nothing that is no error or warning of this tool', () => {
    const known = new Set([...Object.keys(errorCodes), ...warningCodes()])
    expect([...sections.keys()].filter((code) => code === undefined || !known.has(code))).toEqual([])
  })

  it('explains every warning', () => {
    expect(warningCodes().filter((code) => !sections.has(code))).toEqual([])
    expect(warningCodes().length).toBeGreaterThan(0)
  })
})

/** Warnings are a type only, so they are read from the source. */
function warningCodes(): string[] {
  const source = readFileSync(new URL('../../src/model/events.ts', import.meta.url), 'utf8')
  return [...new Set(Array.from(source.matchAll(/'(W_[A-Z_]+)'/g), ([, code = '']) => code))]
}
