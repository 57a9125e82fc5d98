import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderReproduce, shellQuote } from '../../../src/reporters/format/reproduce.ts'
import { hostileTexts } from '../../helpers/hostile.ts'

describe('the line that reproduces an error', () => {
  it('names the file, the experiment and the record', () => {
    expect(renderReproduce({ file: './my exp.ts', name: 'triage/large' }, 't-17')).toBe(
      "llmobs-exp run './my exp.ts' --only triage/large --record t-17",
    )
  })

  it('keeps a key that looks like an option a value', () => {
    expect(renderReproduce({ file: 'a.ts', name: 'a' }, '--all')).toBe('llmobs-exp run a.ts --only a --record=--all')
  })

  it('holds nothing a terminal acts upon', () => {
    for (const text of hostileTexts) {
      expect(renderReproduce({ file: text, name: text }, text)).toMatch(/^[^\p{Cc}\p{Cf}\p{Cs}]+$/u)
    }
  })

  it('gives the shell back exactly what was quoted', () => {
    // A shell cannot be handed NUL, and no encoding has a lone surrogate.
    const character = fc.constantFrom(...`ab '"\\$\`!*?~#&|;<>(){}[]\n\t\r\u001b\u009b\u202eé日👍-=`)
    const argumentsOf = fc.array(fc.string({ unit: character, maxLength: 12 }), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(argumentsOf, (texts) => {
        const line = texts.map(shellQuote).join(' ')
        const output = execFileSync('bash', ['--norc', '-c', `printf '%s\\0' ${line}`], {
          env: { LC_ALL: 'C.UTF-8' },
          encoding: 'utf8',
        })
        expect(output.split('\0').slice(0, -1)).toEqual(texts)
      }),
      { numRuns: 20 },
    )
  })
})
