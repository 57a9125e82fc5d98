import { BackendError, type BackendFailure } from '../../model/backend.ts'

/** A request that came to nothing. */
export class RequestError extends BackendError {
  /** Whether it may have been carried out all the same. */
  readonly mayHaveArrived: boolean
  /** Of the answer, where there was one. */
  readonly status: number | undefined
  /** What was answered, where it was JSON. */
  readonly body: unknown

  constructor(message: string, failure: BackendFailure, details: RequestErrorDetails) {
    super(message, failure, details.cause === undefined ? {} : { cause: details.cause })
    this.mayHaveArrived = details.mayHaveArrived
    this.status = details.status
    this.body = details.body
  }
}

export interface RequestErrorDetails {
  readonly mayHaveArrived: boolean
  readonly status?: number
  readonly body?: unknown
  readonly cause?: unknown
}

/** Failures that come before anything of the request was sent. */
const beforeSending = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'UND_ERR_CONNECT_TIMEOUT',
])
const certificate = /^(?:CERT_|DEPTH_ZERO_|ERR_TLS_CERT|SELF_SIGNED_|UNABLE_TO_|UND_ERR_PRX_TLS)/

const explanations: { readonly [code: string]: string } = {
  EAI_AGAIN: 'its name could not be looked up',
  ECONNREFUSED: 'it refused the connection',
  ECONNRESET: 'it broke the connection off',
  ENOTFOUND: 'there is no such host',
  UND_ERR_BODY_TIMEOUT: 'its answer came to a halt',
  UND_ERR_CONNECT_TIMEOUT: 'it did not take the connection in time',
  UND_ERR_HEADERS_TIMEOUT: 'it did not answer in time',
  UND_ERR_SOCKET: 'it broke the connection off',
}

/** Why there was no answer, for people, and whether the request may have arrived. */
export function explainNetworkError(error: unknown): { readonly reason: string; readonly mayHaveArrived: boolean } {
  const code = findCode(error)
  const message = error instanceof Error && error.message !== '' ? error.message : String(code ?? error)
  if (code !== undefined && certificate.test(code)) {
    const reason = `its certificate is not trusted: ${message} (NODE_EXTRA_CA_CERTS names further authorities)`
    return { reason, mayHaveArrived: false }
  }
  if (message.startsWith('Proxy response')) {
    return { reason: `the proxy did not let it through: ${message}`, mayHaveArrived: false }
  }
  const explanation = code === undefined ? undefined : explanations[code]
  const reason = explanation === undefined ? message : `${explanation} (${code})`
  return { reason, mayHaveArrived: code === undefined || !beforeSending.has(code) }
}

/** Of the error, of what caused it, or of the first of several tries to connect. */
function findCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const code: unknown = Reflect.get(error, 'code')
  if (typeof code === 'string') return code
  return findCode(error instanceof AggregateError ? error.errors[0] : error.cause)
}
