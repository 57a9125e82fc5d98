/** What no text from data may have when it reaches a terminal: control characters but newline and tab, bidi, lone surrogates. */
export const drivesTerminal = /(?![\n\t])[\p{Cc}\p{Cs}\p{Bidi_Control}]/u

/** Texts that try to drive a terminal, break a line, or stand where they should not. */
export const hostileTexts: readonly string[] = [
  '\u001b]52;c;cm0gLXJmIH4=\u0007',
  '\u001b]8;;https://evil.example\u001b\\click\u001b]8;;\u001b\\',
  '\u001b]0;owned',
  '\u001b[2J\u001b[1;1H',
  '\u001b[6n',
  '\u001b[?1049h',
  '\u001bP$q"p\u001b\\',
  '\u009b31m\u009d0;x\u009c',
  'over\rwritten\b\b\b',
  '\u202egnp.exe\u2066',
  '\ud800 lone \udc00',
  'line\nbreak\u2028and\u2029more\u0085',
]

/** What a terminal was sent beside printable text, line breaks, colours and the live area's own moves. */
export function foreign(text: string): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about.
  const own = /\u001b\[(?:[0-9;]*m|\?25[hl]|\?7[hl]|\?2026[hl]|[0-9]*A|[KJ])|\r+\n|\r|\n/g
  // biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
  const steering = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069].{0,20}/g
  return text.replace(own, '').match(steering) ?? []
}
