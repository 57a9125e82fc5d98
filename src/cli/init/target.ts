import { statSync } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { LlmobsExpError } from '../../model/errors.ts'
import { quoteText } from '../../model/quote.ts'

/** What `init [folder|file]` names: a folder, in which the file gets its name from the experiment, or the file itself. */
export type InitTarget =
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 'file'; readonly file: string }

/** Of a TypeScript module. */
const moduleExtensions = ['.ts', '.mts', '.cts']
/** Of files that nobody means as a folder. */
const otherExtension = /^\.(?:[cm]?jsx?|tsx|jsonl?|ya?ml|csv|py|md|txt)$/
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/u
const MAX_NAME = 100

/** @throws LlmobsExpError `E_OPTION` for a file that is no TypeScript module */
export function parseTarget(text: string, currentFolder: string): InitTarget {
  const path = resolve(currentFolder, text)
  const extension = extname(path)
  if (text.endsWith('/') || isFolder(path)) return { kind: 'folder', folder: path }
  if (moduleExtensions.includes(extension)) return { kind: 'file', file: path }
  if (!otherExtension.test(extension)) return { kind: 'folder', folder: path }
  const message = `expected a folder or a TypeScript file (${moduleExtensions.join(', ')}), got ${quoteText(text)}`
  throw new LlmobsExpError('E_OPTION', message)
}

/** The name an experiment in this file most likely has; undefined for a folder. */
export function nameOfTarget(target: InitTarget): string | undefined {
  return target.kind === 'file' ? basename(target.file, extname(target.file)) : undefined
}

/** Absolute paths of the module and of the dataset beside it. */
export function filesOf(target: InitTarget, name: string): { readonly module: string; readonly dataset: string } {
  const module = target.kind === 'file' ? target.file : join(target.folder, `${fileNameOf(name)}.ts`)
  return { module, dataset: join(dirname(module), `${basename(module, extname(module))}.jsonl`) }
}

/** What is wrong with a name; undefined when nothing is. */
export function nameFault(name: string): string | undefined {
  const isName = name.trim() !== '' && !unprintable.test(name) && !name.includes('/') && name.length <= MAX_NAME
  if (isName && fileNameOf(name) !== '') return undefined
  return `expected a name with a letter or digit, without "/", of at most ${MAX_NAME} characters, got ${quoteText(name)}`
}

function fileNameOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
}

/** What cannot be looked at, such as a path through a file, is told when it is written. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
