import { type ErrorCode, type ErrorInfo, LlmobsExpError } from './errors.ts'
import { stringifyJson } from './json.ts'

const MAX_MESSAGE = 8 * 1024
const MAX_STACK = 16 * 1024
const MAX_CAUSES = 10

/**
 * Turns whatever was thrown into plain data. Never throws itself: getters, proxies and odd values are survived.
 * A message is cut at 8 KB and a chain of causes at 10, so that one error cannot fill the log.
 */
export function toErrorInfo(code: ErrorCode, thrown: unknown): ErrorInfo {
  return describe(code, thrown, 0)
}

/** The same error again, as something to throw. */
export function fromErrorInfo(info: ErrorInfo): LlmobsExpError {
  const error = new LlmobsExpError(info.code, info.message, {
    ...(info.hint === undefined ? {} : { hint: info.hint }),
    ...(info.location === undefined ? {} : { location: info.location }),
    ...(info.codeFrame === undefined ? {} : { codeFrame: info.codeFrame }),
    ...(info.cause === undefined ? {} : { cause: toCause(info.cause) }),
    ...(info.managed === undefined ? {} : { managed: info.managed }),
  })
  if (info.stack !== undefined) error.stack = info.stack
  return error
}

/** What is no error of this tool keeps its own name. */
function toCause(info: ErrorInfo): Error {
  if (info.name === LlmobsExpError.name) return fromErrorInfo(info)
  const error = new Error(info.message, info.cause === undefined ? {} : { cause: toCause(info.cause) })
  error.name = info.name
  if (info.stack !== undefined) error.stack = info.stack
  return error
}

function describe(code: ErrorCode, thrown: unknown, depth: number): ErrorInfo {
  if (typeof thrown !== 'object' || thrown === null) {
    return { code, name: 'NonError', message: `threw ${describePrimitive(thrown)}` }
  }
  const stack = text(() => Reflect.get(thrown, 'stack'))
  const message = text(() => Reflect.get(thrown, 'message'))
  const cause = depth < MAX_CAUSES ? attempt(() => Reflect.get(thrown, 'cause')) : undefined
  const own = attempt(() => (thrown instanceof LlmobsExpError ? thrown : undefined))
  return {
    code: own?.code ?? code,
    name: text(() => Reflect.get(thrown, 'name')) ?? 'NonError',
    message: clip(message ?? `threw an object without a message: ${describeObject(thrown)}`, MAX_MESSAGE),
    ...(stack === undefined ? {} : { stack: clip(stack, MAX_STACK) }),
    ...(own?.hint === undefined ? {} : { hint: own.hint }),
    ...(own?.location === undefined ? {} : { location: own.location }),
    ...(own?.codeFrame === undefined ? {} : { codeFrame: own.codeFrame }),
    ...(cause === undefined || cause === null ? {} : { cause: describe(code, cause, depth + 1) }),
    ...(own?.managed === undefined ? {} : { managed: own.managed }),
  }
}

function describePrimitive(thrown: unknown): string {
  return typeof thrown === 'string' ? clip(stringifyJson(thrown), MAX_MESSAGE) : String(thrown)
}

function describeObject(thrown: object): string {
  return clip(
    text(() => stringifyJson(thrown)) ?? attempt(() => Object.prototype.toString.call(thrown)) ?? 'unreadable',
    200,
  )
}

function text(read: () => unknown): string | undefined {
  const value = attempt(read)
  return typeof value === 'string' ? value : undefined
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

function clip(value: string, limit: number): string {
  return value.length <= limit ? value : `${value.slice(0, limit)}… (${value.length - limit} characters more)`
}
