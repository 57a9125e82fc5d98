import { showControl } from './show-control.ts'

const SPECIAL = /[&<>"'\r\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g
/** What XML 1.0 has no way to write, not even as a reference. */
const ILLEGAL = /(?![\t\n\r\u007f-\u009f])\p{Control}|\p{Surrogate}|[\ufffe\uffff]/gu
const BREAKS = /[\n\t]/g

const named: { readonly [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Text from anywhere as the content of an element. What XML cannot hold is shown in its place: `␛` for an escape, else U+FFFD. */
export function xmlText(text: string): string {
  return text.replace(ILLEGAL, showControl).replace(SPECIAL, reference)
}

/** The same between the quotes of an attribute, where line breaks would be lost. */
function xmlAttribute(text: string): string {
  return xmlText(text).replace(BREAKS, reference)
}

/** @example xmlAttributes({ name: 'a<b', time: '1.2' }) // ' name="a&lt;b" time="1.2"' */
export function xmlAttributes(attributes: { readonly [name: string]: string | number }): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${xmlAttribute(String(value))}"`)
    .join('')
}

function reference(character: string): string {
  return named[character] ?? `&#x${character.charCodeAt(0).toString(16)};`
}
