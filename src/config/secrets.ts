// Not AUTHOR: a name is no secret.
const secretName = /key|token|secret|passw|credential|cookie|auth(?!or(?!i[sz]))/i
/** What keys of well-known services begin with. */
const secretValue = /\b(?:sk-|xox[a-z]-|AKIA|gh[pousr]_|glpat-|hf_)[\w-]{8,}/g
/** The user and password of a URL. */
const urlLogin = /\b([a-z][a-z\d+.-]*:\/\/)[^\s/@]+@/gi
/** A shorter value is as likely a word as a secret. */
const MIN_SECRET = 8

export const MASK = '***'

/** Whether what stands under such a name should never be printed: `OPENAI_API_KEY`, `authorization`. */
export function isSecretName(name: string): boolean {
  return secretName.test(name)
}

/** Takes secrets out of text: the values of secret-looking variables, keys of well-known services, and logins in URLs. */
export function createMask(env: { readonly [name: string]: string | undefined }): (text: string) => string {
  const secrets = Object.entries(env)
    .flatMap(([name, value = '']) => (isSecretName(name) && value.length >= MIN_SECRET ? [value] : []))
    .sort((a, b) => b.length - a.length)
  return (text) => {
    let masked = text
    for (const secret of secrets) masked = masked.replaceAll(secret, MASK)
    return masked.replace(secretValue, MASK).replace(urlLogin, `$1${MASK}@`)
  }
}

/** JSON text without the texts that stand under secret-looking names, however deep. */
export function maskJson(json: string): string {
  const isSecret = (key: string, value: unknown): boolean => typeof value === 'string' && isSecretName(key)
  return JSON.stringify(JSON.parse(json, (key, value) => (isSecret(key, value) ? MASK : value)))
}
