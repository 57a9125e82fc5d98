import { languages } from './languages.ts'

/** What a detector says about a text. */
export interface Detection {
  /** ISO 639-3, or `und` when the detector would rather not say. */
  readonly language: string
  /** Its first guesses, best first, with the detector's own confidence from 0 to 1. */
  readonly ranking: readonly { readonly language: string; readonly confidence: number }[]
}

export interface DetectorConfig {
  /** Whether a detector chooses among the languages of this experiment, or among all it knows. */
  readonly candidates: string
}

const GUESSES = 5
const only = [...languages]

// Imported when first used, and once: a variant pays for its own detector alone.
let franc: Promise<typeof import('franc')> | undefined
let tinyld: Promise<typeof import('tinyld')> | undefined

export async function detectWithFranc(text: string, { candidates }: DetectorConfig): Promise<Detection> {
  franc ??= import('franc')
  const { francAll } = await franc
  const guesses = francAll(text, candidates === 'shared' ? { only } : {}).map(([language, confidence]) => ({
    language,
    confidence,
  }))
  return toDetection(guesses)
}

export async function detectWithTinyld(text: string, { candidates }: DetectorConfig): Promise<Detection> {
  tinyld ??= import('tinyld')
  const { detectAll, toISO2, toISO3 } = await tinyld
  const guesses = detectAll(text, candidates === 'shared' ? { only: only.map(toISO2) } : {})
  return toDetection(guesses.map(({ lang, accuracy }) => ({ language: toISO3(lang), confidence: accuracy })))
}

function toDetection(guesses: Detection['ranking']): Detection {
  const ranking = guesses.filter(({ language }) => language !== 'und').slice(0, GUESSES)
  return { language: ranking[0]?.language ?? 'und', ranking }
}
