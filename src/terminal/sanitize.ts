// Everything a terminal would act upon is spelled as an escape here, so that this file itself is plain text.
const CONTROL = '\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f'
const BIDI = '\\p{Bidi_Control}'

const SUSPICIOUS = new RegExp(`[${CONTROL}${BIDI}\\ud800-\\udfff]`, 'u')
const ESCAPE_SEQUENCE = new RegExp(
  [
    // CSI: colours, cursor movement, device reports.
    '(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]?',
    // OSC, DCS, SOS, PM, APC: removed with their text only when they are terminated, else the text would be lost.
    `(?:\\u001b[\\]PX^_]|[\\u0090\\u0098\\u009d-\\u009f])([^${CONTROL}]*)(\\u0007|\\u001b\\\\|\\u009c)?`,
    // Any other escape.
    '\\u001b[ -/]*[0-~]?',
  ].join('|'),
  'gu',
)
const CONTROLS = new RegExp(`[${CONTROL}${BIDI}]`, 'gu')
const LONE_SURROGATES = /[\ud800-\udfff]/gu

/**
 * Makes text from records, outputs and errors safe for a terminal: escape sequences, control characters other than newline and
 * tab, and bidirectional controls are removed, lone surrogates become U+FFFD. Takes time linear in the text.
 */
export function sanitize(text: string): string {
  if (!SUSPICIOUS.test(text)) return text
  return text
    .replace(ESCAPE_SEQUENCE, (_match, payload: string | undefined, end: string | undefined) =>
      payload !== undefined && end === undefined ? payload : '',
    )
    .replace(CONTROLS, '')
    .replace(LONE_SURROGATES, '\ufffd')
}

/** The same, and on one line: each run of white space around a line break becomes one space. */
export function sanitizeLine(text: string): string {
  return sanitize(text).replace(/[\n\t\u2028\u2029]+/g, ' ')
}
