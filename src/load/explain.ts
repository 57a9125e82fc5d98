import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { LlmobsExpError, type SourceLocation } from '../model/errors.ts'
import { quote } from '../model/quote.ts'
import { codeFrame } from './code-frame.ts'
import { statOf } from './fingerprint.ts'
import { findMissingExport, findName, type MissingExport } from './missing-export.ts'

const MAX_MESSAGE = 500
const MAX_SOURCE_BYTES = 5_000_000
const frameLine = /^\s*at (?:.* \()?(?:async )?((?:file:\/\/|\/|[A-Za-z]:[\\/]).*?):(\d+):(\d+)\)?$/
// The folder that this tool's own files lie in.
const ownFile = import.meta.filename
const ownFolder = /^.*[\\/](?:dist|src)[\\/]/.exec(ownFile)?.[0] ?? ownFile

/**
 * Explains what a module threw while it was loading, with the first place in the user's own files and a code frame. Stack traces
 * must be mapped to the sources (`process.setSourceMapsEnabled(true)` before the import). An error of this tool, such as a
 * definition that `byName` refused, stays what it is and gets the place.
 *
 * @param file the module, as messages should name it
 */
export function explainLoadError(thrown: unknown, file: string): LlmobsExpError {
  const missing = findMissingExport(textOf(thrown, 'message'), ownFolder)
  if (missing !== undefined) return explainMissingExport(missing, file)
  const place = findPlace(thrown)
  const location = place ?? { file }
  const frame = place === undefined ? '' : codeFrame(readSource(place.file), place.line, place.column)
  const details = { location, ...(frame === '' ? {} : { codeFrame: frame }) }
  if (!(thrown instanceof LlmobsExpError)) {
    const message = `${file} threw while it was loading: ${describe(thrown)}`
    return new LlmobsExpError('E_MODULE_LOAD', message, { ...details, cause: thrown })
  }
  if (thrown.location !== undefined) return thrown
  const hint = thrown.hint === undefined ? {} : { hint: thrown.hint }
  return new LlmobsExpError(thrown.code, thrown.message, { ...details, ...hint, cause: thrown })
}

/** Node names no line of it: it is looked for in the module itself, though a file that it imports may be the one. */
function explainMissingExport({ name, module, near }: MissingExport, file: string): LlmobsExpError {
  const source = readSource(file)
  const place = findName(source, name)
  const hint = near === undefined ? {} : { hint: `did you mean ${quote(near)}?` }
  const frame = place === undefined ? {} : { codeFrame: codeFrame(source, place.line, place.column) }
  return new LlmobsExpError('E_MODULE_LOAD', `${file}: ${quote(module)} has no export ${quote(name)}`, {
    location: { file, ...place },
    ...frame,
    ...hint,
  })
}

/** The first stack frame that lies in a file of the user's: in no package, not in this tool, and not inside Node. */
function findPlace(thrown: unknown): Required<SourceLocation> | undefined {
  for (const line of textOf(thrown, 'stack').split('\n')) {
    const match = frameLine.exec(line)
    if (match === null) continue
    const [, where = '', lineNumber, column] = match
    const file = toPath(where)
    if (file !== undefined && isUserFile(file)) return { file, line: Number(lineNumber), column: Number(column) }
  }
  return undefined
}

function toPath(where: string): string | undefined {
  try {
    return where.startsWith('file:') ? fileURLToPath(where) : where
  } catch {
    return undefined
  }
}

function isUserFile(file: string): boolean {
  if (/[\\/]node_modules[\\/]/.test(file) || file.startsWith(ownFolder)) return false
  const found = statOf(file)
  return found?.isFile() === true && found.size <= MAX_SOURCE_BYTES
}

function readSource(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function describe(thrown: unknown): string {
  if (thrown === undefined) return 'undefined'
  if (typeof thrown !== 'object' || thrown === null) return quote(thrown)
  const name = textOf(thrown, 'name')
  const [message = ''] = textOf(thrown, 'message').split('\n')
  const text = [name, message].filter((part) => part !== '').join(': ')
  return text === '' ? 'an object without a message' : text.slice(0, MAX_MESSAGE)
}

function textOf(thrown: unknown, key: string): string {
  if (typeof thrown !== 'object' || thrown === null) return ''
  try {
    const value: unknown = Reflect.get(thrown, key)
    return typeof value === 'string' ? value : ''
  } catch {
    return ''
  }
}
