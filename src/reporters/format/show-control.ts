const CONTROL_PICTURES = 0x2400

/**
 * A character in place of one that a format cannot hold: the picture of a control character, else U+FFFD.
 * @example showControl('\u001b') // '␛'
 */
export function showControl(character: string): string {
  const code = character.charCodeAt(0)
  return code < 0x20 ? String.fromCharCode(CONTROL_PICTURES + code) : '\ufffd'
}
