import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { basename, dirname, isAbsolute, relative, resolve } from 'node:path'
import type { BuildFailure, Location, Message } from 'esbuild'
import { isModuleName, moduleExtensions, nearFile, nearFolder } from '../files/near-path.ts'
import { type ErrorDetails, LlmobsExpError, type SourceLocation } from '../model/errors.ts'
import { suggest } from '../model/suggest.ts'
import { codeFrame } from './code-frame.ts'
import { exportsOf } from './missing-export.ts'

const MAX_OTHERS = 4

export function isBuildFailure(error: unknown): error is BuildFailure {
  return (
    error instanceof Error &&
    Array.isArray(Reflect.get(error, 'errors')) &&
    Array.isArray(Reflect.get(error, 'warnings'))
  )
}

/** One error of ours from all of esbuild's: the first with its place and code frame, the others in the hint. */
export function explainBuildFailure(failure: BuildFailure, file: string): LlmobsExpError {
  const [first, ...others] = failure.errors
  if (first === undefined)
    return new LlmobsExpError('E_MODULE_LOAD', `${basename(file)} does not compile`, { cause: failure })
  const explained = explainMessage(first, file)
  const hints = [...(explained.hint === undefined ? [] : [explained.hint]), ...listOthers(others, file)]
  return new LlmobsExpError('E_MODULE_LOAD', explained.text, {
    ...explained.details,
    ...(hints.length === 0 ? {} : { hint: hints.join('\n') }),
  })
}

function listOthers(others: readonly Message[], file: string): readonly string[] {
  if (others.length === 0) return []
  const lines = others.slice(0, MAX_OTHERS).map((message) => `  ${explainMessage(message, file).text}`)
  const more = others.length > MAX_OTHERS ? [`  … and ${others.length - MAX_OTHERS} more`] : []
  return [`${others.length} more ${others.length === 1 ? 'error' : 'errors'}:`, ...lines, ...more]
}

interface Explained {
  readonly text: string
  readonly hint?: string
  readonly details: ErrorDetails
}

function explainMessage(message: Message, file: string): Explained {
  const { location } = message
  const notCode = /^No loader is configured for ".*" files: (.*)$/.exec(message.text)?.[1]
  if (location === null) {
    if (notCode !== undefined) return { ...explainNoModule(file), details: { location: { file } } }
    return { text: `${basename(file)} does not compile: ${oneLine(message.text)}`, details: { location: { file } } }
  }
  const place = locate(location, file)
  const at = `${basename(place.file)}:${place.line}:${place.column}`
  const details = { location: place, ...frame(place, location.lineText) }
  const unresolved = /^Could not resolve "(.*)"$/.exec(message.text)?.[1]
  if (unresolved !== undefined) return { ...explainUnresolved(unresolved, place.file, at), details }
  const [, from, name] = /^No matching export in "(.*)" for import "(.*)"$/.exec(message.text) ?? []
  if (from !== undefined && name !== undefined) {
    return { ...explainNoExport(resolve(dirname(file), from), name, at), details }
  }
  if (notCode !== undefined) return { ...explainNoCode(resolve(dirname(file), notCode), place.file, at), details }
  return { text: `${at} does not compile: ${oneLine(message.text)}`, details }
}

/** For a file that was named on the command line. */
function explainNoModule(file: string): Omit<Explained, 'details'> {
  const text = `${basename(file)}: expected a module (${moduleExtensions.join(', ')}), got a file of another kind`
  const near = nearFile(file, isModuleName)
  return near === undefined ? { text } : { text, hint: `did you mean ${JSON.stringify(basename(near))}?` }
}

function explainNoExport(imported: string, name: string, at: string): Omit<Explained, 'details'> {
  const text = `${basename(imported)} has no export ${JSON.stringify(name)}, which ${at} imports`
  const near = suggest(name, exportsOf(imported))
  return near === undefined ? { text } : { text, hint: `did you mean ${JSON.stringify(near)}?` }
}

/** For a file that a module imports. */
function explainNoCode(imported: string, importer: string, at: string): Omit<Explained, 'details'> {
  const path = importPath(imported, dirname(importer))
  return {
    text: `cannot import ${JSON.stringify(path)}, as ${at} does: expected a module or JSON, got a file of another kind`,
    hint: `read it: readFileSync(new URL(${JSON.stringify(path)}, import.meta.url), 'utf8')`,
  }
}

function explainUnresolved(name: string, importer: string, at: string): Omit<Explained, 'details'> {
  if (name.startsWith('.') || name.startsWith('/')) {
    const near = nearImport(name, importer)
    const text = `cannot find ${JSON.stringify(name)}, imported by ${at}`
    return near === undefined ? { text } : { text, hint: `did you mean ${JSON.stringify(near)}?` }
  }
  const text = `cannot find the package ${JSON.stringify(name)}, imported by ${at}`
  const packageName = /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name
  if (!/^(?:@[a-z0-9~][\w.~-]*\/)?[a-z0-9~][\w.~-]*$/i.test(packageName) || isBuiltin(packageName)) return { text }
  return { text, hint: `is it installed? npm install ${packageName}` }
}

function nearImport(name: string, importer: string): string | undefined {
  const folder = dirname(importer)
  const wanted = resolve(folder, name)
  const near = nearFile(wanted, (other) => other !== basename(importer)) ?? nearFolder(wanted)
  if (near === undefined || isAbsolute(name)) return near
  return importPath(near, folder)
}

function importPath(file: string, folder: string): string {
  const path = relative(folder, file)
  return path.startsWith('.') ? path : `./${path}`
}

/** esbuild counts columns in bytes from 0. */
function locate(location: Location, file: string): Required<SourceLocation> {
  const before = Buffer.from(location.lineText).subarray(0, location.column).toString('utf8')
  return { file: resolve(dirname(file), location.file), line: location.line, column: before.length + 1 }
}

function frame(place: Required<SourceLocation>, lineText: string): { codeFrame?: string } {
  const text = codeFrame(readSource(place.file) ?? '', place.line, place.column) || codeFrame(lineText, 1, place.column)
  return text === '' ? {} : { codeFrame: text }
}

function readSource(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
