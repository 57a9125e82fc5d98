// Names the language of sentences from the Universal Declaration of Human Rights, with two detectors over the same records.
//
// The texts are real, the numbers are not those of your texts: franc was trained on this very declaration, and tinyld may have
// been, so both know them better than they would know others. What the comparison shows is how an experiment is read.
import { defineExperiment, multi } from 'llmobs-exp'
import { detectWithFranc, detectWithTinyld } from './language-id/detectors.ts'
import { accuracy, macroF1 } from './language-id/scores.ts'
import { readSentences } from './language-id/sentences.ts'

export default defineExperiment({
  name: 'language-id',
  description: 'Language identification of sentences in 52 languages',
  dataset: readSentences(),
  config: { candidates: 'shared' },
  variants: {
    franc: { task: ({ text }, { config }) => detectWithFranc(text, config) },
    tinyld: { task: ({ text }, { config }) => detectWithTinyld(text, config) },
  },
  evaluators: {
    // boolean
    correct: ({ output, expectedOutput }) => output.language === expectedOutput,
    // score: 1 for the first guess, 1/2 for the second, …, 0 when it is not among the first five
    reciprocalRank: ({ output, expectedOutput }) => {
      const index = output.ranking.findIndex(({ language }) => language === expectedOutput)
      return index === -1 ? 0 : 1 / (index + 1)
    },
    // categorical
    verdict: ({ output, expectedOutput }) => {
      if (output.language === 'und') return 'no answer'
      if (output.language === expectedOutput) return 'right'
      return output.ranking.some(({ language }) => language === expectedOutput) ? 'close' : 'wrong'
    },
    // json
    confusion: ({ output, expectedOutput }) =>
      output.language === expectedOutput ? null : { expected: expectedOutput, got: output.language },
    // several values: confidence-top and confidence-lead
    confidence: ({ output }) => {
      const [first, second] = output.ranking
      if (first === undefined) return null
      return multi({ top: first.confidence, lead: first.confidence - (second?.confidence ?? 0) })
    },
  },
  summaryEvaluators: {
    accuracy: ({ outputs, expectedOutputs }) =>
      accuracy({ expectedOutputs, answers: outputs.map((output) => output?.language) }),
    macroF1: ({ outputs, expectedOutputs }) =>
      macroF1({ expectedOutputs, answers: outputs.map((output) => output?.language) }),
  },
  thresholds: { correct: 0.9, macroF1: 0.9 },
  tags: { corpus: 'udhr' },
})
