import { toErrorInfo } from '../../model/error-info.ts'
import type { ErrorInfo, SourceLocation } from '../../model/errors.ts'
import { type Colors, plainColors } from '../../terminal/colors.ts'
import { sanitize, sanitizeLine } from '../../terminal/sanitize.ts'
import { indent } from '../../terminal/wrap.ts'

export interface RenderErrorOptions {
  /** @default no colours */
  readonly colors?: Colors
  /** Whether the stacks of errors of users' code are shown too. @default false */
  readonly debug?: boolean
}

/**
 * An error as text for a terminal, with a line break at its end: code and message, place, source lines, hint and causes. Anything
 * that is not a `LlmobsExpError` is a defect of this tool and has its stack.
 */
export function renderError(error: unknown, { colors = plainColors, debug = false }: RenderErrorOptions = {}): string {
  const info = toErrorInfo('E_INTERNAL', error)
  const isDefect = info.code === 'E_INTERNAL'
  const lines = [
    `${colors.red(colors.bold(`error ${info.code}:`))} ${sanitize(isDefect ? named(info) : info.message)}`,
    ...renderDetails(info, colors),
    ...(isDefect || debug ? renderStack(info, colors) : []),
    ...renderCauses(info, colors, debug || isDefect),
  ]
  return `${lines.join('\n')}\n`
}

function renderDetails({ location, codeFrame, hint }: ErrorInfo, colors: Colors): string[] {
  return [
    ...(location === undefined ? [] : [`  at ${colors.cyan(sanitizeLine(formatLocation(location)))}`]),
    ...(codeFrame === undefined ? [] : ['', indent(sanitize(codeFrame.trimEnd()), 2), '']),
    ...(hint === undefined ? [] : [`  ${colors.yellow('hint:')} ${sanitize(hint)}`]),
  ]
}

function renderCauses({ message, cause }: ErrorInfo, colors: Colors, withStack: boolean): string[] {
  if (cause === undefined) return []
  // What a message says already is not said twice.
  const isSaid =
    !withStack && cause.hint === undefined && cause.location === undefined && message.includes(cause.message)
  return [
    ...(isSaid ? [] : [`  ${colors.dim('caused by:')} ${sanitize(named(cause))}`]),
    ...renderDetails(cause, colors),
    ...(withStack ? renderStack(cause, colors) : []),
    ...renderCauses(cause, colors, withStack),
  ]
}

function renderStack({ stack }: ErrorInfo, colors: Colors): string[] {
  const frames = (stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return frames.map((frame) => colors.dim(`    ${sanitize(frame.trim())}`))
}

function named({ name, message }: ErrorInfo): string {
  return name === 'NonError' ? message : `${name}: ${message}`
}

function formatLocation({ file, line, column }: SourceLocation): string {
  return [file, line, column].filter((part) => part !== undefined).join(':')
}
