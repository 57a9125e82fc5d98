import type { Json } from '../model/json.ts'

// Not AUTHOR: a name is no secret.
const secretName = /key|token|secret|passw|credential|cookie|auth(?!or(?!i[sz]))/i
/** The last word of what a config calls a secret: `api_key` and `accessToken`, but neither `tokenizer` nor `keyColumn`. */
const secretKey =
  /(?:^|[\W_])(?:api|access|auth|secret|private)?(?:key|token|secret|password|passwd|passphrase|credentials?|cookie|auth|authori[sz]ation)$/i
const secretCamelKey =
  /[a-z\d](?:Key|Token|Secret|Password|Passwd|Passphrase|Credentials?|Cookie|Auth|Authori[sz]ation)$/
/** A shorter value is as likely a word as a secret. */
const MIN_SECRET = 8

export const MASK = '***'

/** Matches no text. */
const NOTHING = '(?!)'

/** What gives itself away, whatever it is called. All of it is bounded, so that no text takes long. */
const patterns: readonly (readonly [RegExp, string])[] = [
  // What keys of well-known services begin with.
  [/\b(?:sk-|xox[a-z]-|AKIA|gh[pousr]_|github_pat_|glpat-|hf_|AIza)[\w-]{8,}/g, MASK],
  // The user and password of a URL.
  [/(:\/\/)[^\s/@]{1,500}@/g, `$1${MASK}@`],
  // What a URL says under such a name.
  [/([?&][\w.-]{0,40}(?:key|token|secret|passw|credential|signature|auth)[\w.-]{0,40}=)[^&\s#"'<>]{4,}/gi, `$1${MASK}`],
  [/-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]{0,10000}(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?/g, MASK],
  // Headers, as they stand in dumps of requests.
  [/\b(Bearer|Basic)(\s{1,3})[\w.~+/=-]{8,}/gi, `$1$2${MASK}`],
  [
    /((?:api|app|application|access|auth|secret|private|client|subscription)[-_]key|authorization|cookie)(["']?\s{0,3}[:=]\s{0,3}["']?)(?!Bearer|Basic)[^\s"',;{}]{8,}/gi,
    `$1$2${MASK}`,
  ],
]

/** Takes secrets out of text. */
export type Mask = (text: string) => string

/** Whether what stands under such a name should never be printed: `OPENAI_API_KEY`, `authorization`. */
export function isSecretName(name: string): boolean {
  return secretName.test(name)
}

/** Masks the values of secret-looking variables, keys of well-known services, logins in URLs and headers. */
export function createMask(env: { readonly [name: string]: string | undefined }): Mask {
  const secrets = findSecrets(env)
  // One search for all of them: texts mostly have none.
  const values = new RegExp(secrets.length === 0 ? NOTHING : secrets.map(toPattern).join('|'), 'g')
  return (text) => {
    let masked = text.replace(values, MASK)
    if (masked.includes(CUT)) for (const secret of secrets) masked = maskCut(masked, secret)
    for (const [pattern, replacement] of patterns) masked = masked.replace(pattern, replacement)
    return masked
  }
}

/** JSON text without the texts that stand under secret-looking names, however deep. */
export function maskJson(json: Json): Json {
  return mapTexts(json, (text, key) => (isSecretKey(key) ? MASK : text))
}

/** The same, and without secrets in any other text of it. */
export function maskConfig(json: Json, mask: Mask): Json {
  return mapTexts(json, (text, key) => (isSecretKey(key) ? MASK : mask(text)))
}

function isSecretKey(key: string): boolean {
  return secretKey.test(key) || secretCamelKey.test(key)
}

function mapTexts(json: Json, map: (text: string, key: string) => string): Json {
  return JSON.stringify(JSON.parse(json, (key, value) => (typeof value === 'string' ? map(value, key) : value)))
}

/** The longest first: one may be a part of another. Each also as it stands in JSON and in URLs. */
function findSecrets(env: { readonly [name: string]: string | undefined }): string[] {
  const values = Object.entries(env).flatMap(([name, value = '']) =>
    isSecretName(name) && value.trim().length >= MIN_SECRET ? [value.trim()] : [],
  )
  const written = values.flatMap((value) => [value, JSON.stringify(value).slice(1, -1), toUrlText(value)])
  return [...new Set(written)].sort((a, b) => b.length - a.length)
}

function toPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

function toUrlText(value: string): string {
  try {
    return encodeURIComponent(value)
  } catch {
    // Half of a character.
    return value
  }
}

/** What stands where a long text was cut. */
const CUT = '…'

/** Masks the beginning of a secret that was cut in two. */
function maskCut(text: string, secret: string): string {
  let masked = ''
  let from = 0
  for (let at = text.indexOf(CUT); at >= 0; at = text.indexOf(CUT, at + 1)) {
    const length = secret.indexOf(text.slice(at - MIN_SECRET, at)) + MIN_SECRET
    const start = at - length
    if (length < MIN_SECRET || start < from || !text.startsWith(secret.slice(0, length), start)) continue
    masked += text.slice(from, start) + MASK
    from = at
  }
  return masked + text.slice(from)
}
