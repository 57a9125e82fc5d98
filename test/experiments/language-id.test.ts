import { describe, expect, it } from 'vitest'
import { detectWithFranc, detectWithTinyld } from '../../experiments/language-id/detectors.ts'
import { languages } from '../../experiments/language-id/languages.ts'
import { accuracy, macroF1 } from '../../experiments/language-id/scores.ts'
import { readSentences } from '../../experiments/language-id/sentences.ts'

describe('the records of language-id', () => {
  const records = readSentences()

  it('are at least 5,000 in 52 languages, with ids of their own', () => {
    expect(records.length).toBeGreaterThanOrEqual(5000)
    expect(new Set(records.map(({ id }) => id)).size).toBe(records.length)
    expect(new Set(records.map(({ expectedOutput }) => expectedOutput))).toEqual(new Set(languages))
    expect(languages).toHaveLength(52)
  })

  it('are the same each time', () => {
    expect(readSentences()).toEqual(records)
  })

  it('are plain text', () => {
    expect(records.filter(({ input }) => /[<>\n]|&\w+;/.test(input.text))).toEqual([])
  })
})

describe('the detectors of language-id', () => {
  it.each([
    ['franc', detectWithFranc],
    ['tinyld', detectWithTinyld],
  ])('%s names languages as the records do', async (_name, detect) => {
    const english = await detect('All human beings are born free and equal in dignity and rights.', {
      candidates: 'shared',
    })
    expect(english.language).toBe('eng')
    expect(english.ranking[0]?.language).toBe('eng')
    expect(await detect('…', { candidates: 'shared' })).toEqual({ language: 'und', ranking: [] })
  })

  it.each([
    ['franc', detectWithFranc],
    ['tinyld', detectWithTinyld],
  ])('%s knows every language of the experiment', async (_name, detect) => {
    const known = new Set<string>()
    for (const { expectedOutput, input } of readSentences()) {
      if (known.has(expectedOutput)) continue
      const { language } = await detect(input.text, { candidates: 'shared' })
      if (language === expectedOutput) known.add(language)
    }
    expect([...known].sort()).toEqual([...languages].sort())
  })
})

describe('the scores of language-id', () => {
  // The example of scikit-learn's documentation of f1_score: macro 0.26666…; accuracy_score's: 2 of 6 here.
  const expectedOutputs = ['0', '1', '2', '0', '1', '2']
  const answers = ['0', '2', '1', '0', '0', '1']

  it('agree with scikit-learn', () => {
    expect(macroF1({ expectedOutputs, answers })).toBeCloseTo(0.26666667, 8)
    expect(accuracy({ expectedOutputs, answers })).toBeCloseTo(2 / 6, 12)
  })

  it('count an answer that is missing as a wrong one', () => {
    expect(accuracy({ expectedOutputs: ['a', 'b'], answers: ['a', undefined] })).toBe(0.5)
    expect(macroF1({ expectedOutputs: ['a', 'b'], answers: ['a', undefined] })).toBe(0.5)
  })
})
