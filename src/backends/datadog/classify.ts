import type { BackendFailure } from '../../model/backend.ts'

/** Headers of an answer, their names in lower case. */
export type ReplyHeaders = { readonly [name: string]: string | readonly string[] | undefined }

/** What a status means for what is still to be sent; undefined for success. `now` is epoch milliseconds. */
export function classifyStatus(status: number, headers: ReplyHeaders, now: number): BackendFailure | undefined {
  if (status >= 200 && status < 300) return undefined
  if (status === 429) return { kind: 'limited', ...readAdvice(headers, now) }
  // 407 is the proxy's, and says nothing about Datadog.
  if (status >= 500 || status === 407 || status === 408 || status === 425) {
    return { kind: 'unreachable', ...readAdvice(headers, now) }
  }
  if (status === 400 || status === 422) return { kind: 'invalid' }
  return { kind: status === 413 ? 'too-large' : 'refused' }
}

/** How long to wait, as the answer advises. `retryAfterMs` is absent when it advises nothing that can be followed. */
function readAdvice(headers: ReplyHeaders, now: number): { readonly retryAfterMs?: number } {
  const retryAfterMs = readRetryAfter(headers['retry-after'], now) ?? readSeconds(headers['x-ratelimit-reset'])
  return retryAfterMs === undefined ? {} : { retryAfterMs }
}

function readRetryAfter(value: ReplyHeaders[string], now: number): number | undefined {
  const seconds = readSeconds(value)
  if (seconds !== undefined || typeof value !== 'string') return seconds
  // Only the forms that HTTP has for a date: Date.parse would take `-5` for a month.
  if (!/^[A-Z][a-z]+,? .*(?:GMT|\d{4})$/.test(value)) return undefined
  const wait = Date.parse(value) - now
  return wait > 0 ? wait : undefined
}

function readSeconds(value: ReplyHeaders[string]): number | undefined {
  if (typeof value !== 'string' || !/^\d+(?:\.\d+)?(?:e\d{1,3})?$/i.test(value.trim())) return undefined
  const milliseconds = Number(value) * 1000
  return milliseconds > 0 && Number.isFinite(milliseconds) ? milliseconds : undefined
}
